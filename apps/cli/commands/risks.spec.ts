import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AssessmentView, AssessRiskRequest } from '#contracts/rest/risk.js';
import { assessRisk } from '#risk/assess/assess-risk.js';
import { readProject } from '#risk/dataset/read-project.js';
import { readShippedModel } from '#risk/model/shipped-model.js';
import { makeProject } from '#risk/testing/synthetic-project.js';
import {
  lines,
  type MadeRepository,
  makeRepository,
} from '../../../libs/risk/factors/testing/make-repository.js';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { runCommand } from '../testing/run-command.js';

let folder: string;
let made: MadeRepository;
let server: ContractServer;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-risks-'));
  made = makeRepository([
    { day: 0, author: 'Ada', files: { 'src/a.ts': lines(400), 'src/b.ts': lines(10) } },
    { day: 3, author: 'Bo', message: 'Fix a', files: { 'src/a.ts': lines(401) } },
    { day: 4, author: 'Eve', files: { 'src/a.ts': lines(900, 'new') } },
  ]);
});
afterAll(() => {
  made.remove();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  server = await startContractServer({});
});
afterEach(() => server.close());

const sluice = (...argv: string[]) =>
  runCommand({ argv: ['risks', ...argv], env: { SLUICE_URL: server.url, SLUICE_HOME: folder } });

const bodyOf = (): unknown => JSON.parse(server.received.at(-1)!.body);

const FACTORS = makeProject('p', 60, 3).changes[0]!.factors;
const RESULT = assessRisk(readShippedModel(), FACTORS, [], {});
const VIEW: AssessmentView = {
  id: 'a-1',
  commit: FACTORS.commit,
  environment: 'production',
  version: 2,
  score: RESULT.score,
  level: RESULT.level,
  probability: RESULT.probability,
  open: true,
  text: RESULT.text,
  by: 'ada\u001b[2J',
  at: '2026-11-22T02:00:00.000Z',
  updatedAt: '2026-11-22T03:00:00.000Z',
  result: RESULT,
  factors: FACTORS,
  state: { openIncidents: 2 },
  reason: 'production: open incidents: 2 (0 before)',
};
const STATE = {
  name: 'production',
  said: {},
  state: { openIncidents: 2 },
  updatedBy: 'ada',
  updatedAt: VIEW.at,
};

describe('sluice risks', () => {
  it('lists assessments and shows one, with what it was assessed again for', async () => {
    server.script.answers = {
      'GET /risk/assessments': { items: [VIEW] },
      'GET /risk/assessments/a-1': VIEW,
      'GET /risk/assessments/a-1/versions': {
        items: [
          { ...VIEW, version: 2 },
          { ...VIEW, version: 1, reason: undefined },
        ],
      },
    };
    const listed = await sluice('list', '--level', 'high', '--open', '--commit', 'c0ffee00');
    expect(listed.code).toBe(0);
    expect(listed.out).toContain('production');
    expect(listed.out).not.toContain('\u001b');
    expect(Object.fromEntries(server.received.at(-1)!.query)).toEqual({
      level: 'high',
      open: 'true',
      commit: 'c0ffee00',
    });
    const shown = await sluice('get', 'a-1');
    expect(shown.out).toContain(`risk ${RESULT.score} of 100`);
    expect(shown.out).toContain('open incidents: 2 (0 before)');
    expect(shown.out).toContain('2 open incidents');
    expect(JSON.parse((await sluice('get', 'a-1', '--json')).out).versions).toHaveLength(2);
  });

  it('sends what it measures of a change, and answers by the level', async () => {
    server.script.answers = { 'POST /risk/assessments': { ...VIEW, level: 'medium' } };
    const assess = (...more: string[]) =>
      sluice(
        'assess',
        '--repository',
        made.folder,
        '--environment',
        'production',
        '--open-for',
        '8h',
        ...more,
      );
    expect((await assess('--commits-together', '3', '--canary')).code).toBe(0);
    const sent = bodyOf() as AssessRiskRequest;
    expect(sent).toMatchObject({
      factors: { commit: made.git('rev-parse', 'main').trim(), la: 900, nf: 1 },
      history: { commits: 2, complete: true },
      files: [{ path: 'src/a.ts' }],
      environment: { name: 'production', commitsTogether: 3, canary: true },
      openFor: '8h',
    });
    expect(sent.past).toHaveLength(2);
    expect(sent.past!.every((row) => row.length === 15)).toBe(true);
    expect((await assess('--fail-on', 'medium')).code).toBe(1);
    expect((await assess('--fail-on', 'high')).code).toBe(0);
    expect((await assess('--commits-together', 'many')).code).toBe(2);
  });

  it('says how an environment is, shows and forgets it', async () => {
    server.script.answers = {
      'PUT /risk/environments/production': STATE,
      'GET /risk/environments/production': STATE,
      'GET /risk/environments': { items: [STATE] },
      'DELETE /risk/environments/production': undefined,
    };
    const said = ['--open-incidents', '2', '--deployments', '10', '--failed', '3', '--workflow', 'deploy'];
    expect((await sluice('environment', 'production', ...said, '--reason', 'slow')).out).toContain(
      '2 open incidents',
    );
    expect(bodyOf()).toEqual({
      openIncidents: 2,
      deployments: { total: 10, failed: 3 },
      workflows: ['deploy'],
      reason: 'slow',
    });
    await sluice('environment', 'production', '--clear');
    expect(server.received.at(-1)).toMatchObject({ route: 'PUT /risk/environments/production', body: '{}' });
    await sluice('environment', 'production');
    expect(server.received.at(-1)!.route).toBe('GET /risk/environments/production');
    expect((await sluice('environments')).out).toContain('production');
    expect((await sluice('forget', 'production')).out).toContain('forgotten');
  });

  it('writes the table that models are trained by', async () => {
    const { changes } = makeProject('own', 120, 4);
    const items = changes.map(({ label, factors }) => ({
      commit: factors.commit,
      outcome: label === 1 ? 'bad' : 'good',
      at: VIEW.at,
      factors,
      by: 'ada',
      notedAt: VIEW.at,
    }));
    server.script.answers = { 'GET /risk/outcomes': { items }, 'POST /risk/outcomes': items[0] };
    const path = join(folder, 'own.csv');
    const { code, out } = await sluice('outcomes', '--output', path);
    expect([code, out]).toEqual([0, expect.stringContaining('120 changes')]);
    const read = readProject('own', readFileSync(path, 'utf8'));
    expect(read.changes.map(({ label }) => label)).toEqual(changes.map(({ label }) => label));
    expect((await sluice('outcomes', '--output', join(folder, 'none', 'x.csv'))).code).toBe(2);
    expect((await sluice('outcomes')).out).toContain('OUTCOME');
    expect((await sluice('outcome', items[0]!.commit, 'bad', '--reason', 'rolled back')).code).toBe(0);
    expect(bodyOf()).toEqual({
      commit: items[0]!.commit,
      outcome: 'bad',
      reason: 'rolled back',
    });
    expect((await sluice('outcome', items[0]!.commit, 'so-so')).code).toBe(2);
  });

  it('shows the model, gives another one, and goes back', async () => {
    const facts = {
      name: 'own',
      digest: 'ab',
      trainedOn: { projects: ['own'], changes: 300, from: VIEW.at, to: VIEW.at },
      shipped: false,
      by: 'ada',
      at: VIEW.at,
    };
    server.script.answers = {
      'GET /risk/model': { ...facts, shipped: true },
      'PUT /risk/model': facts,
      'DELETE /risk/model': undefined,
    };
    expect((await sluice('model')).out).toContain('which comes with Sluice');
    const path = join(folder, 'model.json');
    writeFileSync(path, '{"format":"x"}');
    expect((await sluice('model', path)).out).toContain('300 changes of own');
    expect(server.received.at(-1)).toMatchObject({ route: 'PUT /risk/model', body: '{"format":"x"}' });
    expect((await sluice('model', '--shipped')).code).toBe(0);
    expect(server.received.map(({ route }) => route)).toContain('DELETE /risk/model');
    expect((await sluice('model', join(folder, 'none'))).code).toBe(2);
  });
});
