import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GateDecisionView, GateView } from '#contracts/rest/gates.js';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { aProblem } from '../testing/problems.js';
import { runCommand } from '../testing/run-command.js';

const TEXT = 'gate: 1\nname: pre-deploy\ncriteria:\n  - { metric: coverage, pass: ">= 80" }\n';
const OBJECTIVES =
  "spec_version: '1.0'\nobjectives:\n  - sli: p95\n    pass: [{ criteria: ['<600'] }]\ntotal_score: { pass: '90%', warning: '75%' }\n";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-gates-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let server: ContractServer;
beforeEach(async () => {
  server = await startContractServer({});
});
afterEach(() => server.close());

const sluice = (...argv: string[]) =>
  runCommand({ argv: ['gates', ...argv], env: { SLUICE_URL: server.url } });

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const GATE: GateView = {
  id: 'g-1',
  name: 'pre-deploy',
  type: 'pre-deploy',
  version: 2,
  digest: 'sha256:abc',
  rules: 'sluice',
  criteria: 1,
  createdBy: 'ada',
  createdAt: '2026-11-22T02:00:00.000Z',
  updatedAt: '2026-11-22T03:00:00.000Z',
};
const BYPASS = { id: 'b-1', by: 'ada', reason: 'outage\u001b[2J', until: '2026-11-22T09:00:00.000Z' };
const FAILED: GateDecisionView = {
  id: 'r-1',
  gate: 'pre-deploy',
  version: 2,
  digest: 'sha256:def',
  outcome: 'fail',
  score: 0,
  allowed: false,
  text: 'The gate pre-deploy fails.',
  commit: '0123456789abcdef',
  labels: {},
  by: 'bob',
  at: '2026-11-22T04:00:00.000Z',
  result: {
    gate: 'pre-deploy',
    at: '2026-11-22T04:00:00.000Z',
    outcome: 'fail',
    score: 0,
    reachable: 0,
    thresholds: { pass: 90 },
    criteria: [],
    adapted: [],
    notes: [],
    text: 'The gate pre-deploy fails.',
    wouldChange: 'It would pass if coverage passed.',
  },
};

describe('sluice gates', () => {
  it('lists them, with who has bypassed one', async () => {
    server.script.answers = { 'GET /gates': { items: [GATE, { ...GATE, name: 'other', bypass: BYPASS }] } };
    const { code, out } = await sluice('list');
    expect({ code, lines: out.trimEnd().split('\n') }).toEqual({
      code: 0,
      lines: [
        expect.stringMatching(/^NAME +TYPE +VERSION +CRITERIA +CHANGED +BYPASSED$/),
        expect.stringMatching(/^pre-deploy +pre-deploy +v2 +1 +2026-11-22T03/),
        expect.stringMatching(/^other .* by ada until 2026-11-22T09:00:00.000Z$/),
      ],
    });
    server.script.answers = { 'GET /gates': { items: [] } };
    expect((await sluice('list')).out).toContain('sluice gates apply');
    expect(JSON.parse((await sluice('list', '--json')).out)).toEqual({ items: [] });
  });

  it('shows one as it was written', async () => {
    server.script.answers = {
      'GET /gates/pre-deploy': { ...GATE, bypass: BYPASS },
      'GET /gates/g-1/versions/2': { version: 2, source: TEXT },
    };
    const { code, out } = await sluice('get', 'pre-deploy');
    expect(code).toBe(0);
    expect(out).toContain(TEXT);
    expect(out).toContain('bypassed by ada until 2026-11-22T09:00:00.000Z: outage␛[2J');
    expect(JSON.parse((await sluice('get', 'pre-deploy', '--json')).out)).toMatchObject({ source: TEXT });
  });

  it('keeps a file under its name, and objectives under that of the file', async () => {
    server.script.answers = { 'PUT /gates/pre-deploy': GATE, 'PUT /gates/slo': { ...GATE, name: 'slo' } };
    const { code, out } = await sluice('apply', await write('gate.yaml', TEXT));
    expect({ code, out }).toEqual({ code: 0, out: 'gate pre-deploy, version 2\n' });
    expect(server.received.at(-1)).toMatchObject({
      body: TEXT,
      headers: { 'content-type': 'application/yaml' },
    });
    expect((await sluice('apply', await write('slo.yaml', OBJECTIVES))).out).toBe('gate slo, version 2\n');
  });

  it('says what is wrong with a file, and asks nobody', async () => {
    const { code, err } = await sluice('apply', await write('wrong.yaml', `${TEXT}elephant: 1\n`));
    expect(code).toBe(2);
    expect(err).toContain('elephant');
    expect(server.received).toEqual([]);
  });

  it.each<[GateDecisionView['outcome'], Partial<GateDecisionView>, number]>([
    ['pass', { allowed: true }, 0],
    ['warn', { allowed: true }, 0],
    ['fail', {}, 1],
    ['inconclusive', {}, 3],
    ['fail', { allowed: true, bypass: BYPASS }, 0],
    ['fail', { allowed: false, bypass: BYPASS }, 1],
  ])('answers a change as sluice gate does: %s %j', async (outcome, more, answered) => {
    server.script.answers = { 'POST /gates/pre-deploy/evaluate': { ...FAILED, outcome, ...more } };
    const { code, out } = await sluice(
      ...[
        'evaluate',
        'pre-deploy',
        '--metrics',
        await write('metrics.yaml', 'p95: { value: 3, unit: ms }\nempty: null'),
      ],
      ...['--risk', '12.5', '--commit', 'abcdef0', '--label', 'environment=staging', '--dry-run'],
    );
    expect(code).toBe(answered);
    expect(out).toContain('The gate pre-deploy fails.');
    if (more.bypass !== undefined) expect(out).toContain('bypassed by ada until');
    expect(JSON.parse(server.received.at(-1)!.body)).toMatchObject({
      metrics: { p95: { value: 3, unit: 'ms' }, empty: { missing: {} } },
      risk: 12.5,
      commit: 'abcdef0',
      labels: { environment: 'staging' },
      dryRun: true,
    });
  });

  it('answers a warning as it is asked to, and refuses metrics that are none', async () => {
    server.script.answers = {
      'POST /gates/pre-deploy/evaluate': { ...FAILED, outcome: 'warn', allowed: true },
    };
    const metrics = await write('metrics.json', '{"p95":3}');
    const asked = ['evaluate', 'pre-deploy', '--metrics', metrics];
    expect((await sluice(...asked, '--warn-exit', '2')).code).toBe(2);
    expect((await sluice(...asked, '--label', 'staging')).code).toBe(2);
    expect((await sluice(...asked, '--risk', '101')).code).toBe(2);
    const wrong = await write('wrong.json', '{"p95":"high"}');
    expect((await sluice('evaluate', 'pre-deploy', '--metrics', wrong)).code).toBe(2);
    expect(server.received).toHaveLength(1);
  });

  it('lists results, shows one, and says what became of the change', async () => {
    const { result: _, ...summary } = FAILED;
    server.script.answers = {
      'GET /gates/pre-deploy/results': {
        items: [summary, { ...summary, allowed: true, bypass: BYPASS, afterwards: 'bad' }],
      },
      'GET /gates/pre-deploy/results/r-1': FAILED,
      'PUT /gates/pre-deploy/results/r-1/afterwards': FAILED,
    };
    const { out } = await sluice(
      ...['results', 'pre-deploy', '--outcome', 'fail', '--commit', 'abcdef0', '--run', 'run-1'],
    );
    expect(out.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^AT +OUTCOME +SCORE +ALLOWED +COMMIT +AFTERWARDS +BY +RESULT$/),
      expect.stringMatching(/^2026-11-22T04.* fail +0 +no +0123456789ab +bob +r-1$/),
      expect.stringMatching(/ bypassed by ada +0123456789ab +bad +bob +r-1$/),
    ]);
    expect(server.received.at(-1)!.query.toString()).toBe('outcome=fail&commit=abcdef0&run=run-1');
    const shown = await sluice('result', 'pre-deploy', 'r-1');
    expect(shown).toMatchObject({
      code: 0,
      out: expect.stringContaining('It would pass if coverage passed.'),
    });
    const noted = await sluice('afterwards', 'pre-deploy', 'r-1', 'bad', '--reason', 'rolled back');
    expect(noted.out).toBe('result r-1 of pre-deploy ended bad\n');
    expect(JSON.parse(server.received.at(-1)!.body)).toEqual({ afterwards: 'bad', reason: 'rolled back' });
    expect((await sluice('afterwards', 'pre-deploy', 'r-1', 'fine')).code).toBe(2);
  });

  it('bypasses one with a reason and an end, and revokes that', async () => {
    server.script.answers = {
      'POST /gates/pre-deploy/bypasses': { id: 'b-1', expiresAt: BYPASS.until },
      'GET /gates/pre-deploy/bypasses': { items: [{ id: 'b-1' }] },
      'DELETE /gates/pre-deploy/bypasses/b-1': undefined,
    };
    expect((await sluice('bypass', 'pre-deploy', '--for', '2h')).code).toBe(2);
    expect((await sluice('bypass', 'pre-deploy', '--reason', 'outage')).code).toBe(2);
    const made = await sluice('bypass', 'pre-deploy', '--for', '2h', '--reason', 'outage');
    expect(made).toMatchObject({ code: 0, out: `gate pre-deploy is bypassed until ${BYPASS.until}\n` });
    expect(JSON.parse(server.received.at(-1)!.body)).toEqual({ reason: 'outage', for: '2h' });
    expect((await sluice('revoke', 'pre-deploy')).out).toBe('gate pre-deploy is not bypassed any longer\n');
    expect(server.received.at(-1)!.route).toBe('DELETE /gates/pre-deploy/bypasses/b-1');
    server.script.answers = { 'GET /gates/pre-deploy/bypasses': { items: [] } };
    expect((await sluice('revoke', 'pre-deploy')).out).toBe('gate pre-deploy is not bypassed\n');
  });

  it('deletes one, and says why the server does not', async () => {
    server.script.answers = { 'DELETE /gates/pre-deploy': undefined };
    expect((await sluice('delete', 'pre-deploy')).out).toBe('gate pre-deploy is deleted\n');
    server.script.refusals = {
      'DELETE /gates/gone': aProblem({
        status: 404,
        code: 'gate-not-found',
        detail: 'No gate has this name.',
      }),
    };
    const { code, err } = await sluice('delete', 'gone');
    expect(code).not.toBe(0);
    expect(err).toContain('No gate has this name.');
  });
});
