import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Outcome, runCommand } from '../testing/run-command.js';

const GATE = `
gate: 1
name: pre-deploy
type: pre-deploy
criteria:
  - { metric: coverage, pass: ">= 80%", warn: ">= 75%", weight: 2, key: true }
  - { metric: p95, pass: ["<= 300ms", "<= +10%"], compare: { atLeast: 2, fewer: pass } }
  - { name: nothing-critical, policy: metrics.critical == 0 }
total: { pass: 90%, warn: 70% }
risk: { from: 50, tighten: 20% }
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-gate-'));
  await writeFile(join(folder, 'gate.yaml'), GATE);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function gate(metrics: unknown, ...argv: readonly string[]): Promise<Outcome> {
  const file = join(folder, 'metrics.json');
  await writeFile(file, typeof metrics === 'string' ? metrics : JSON.stringify(metrics));
  return runCommand({
    argv: [
      'gate',
      '--file',
      join(folder, 'gate.yaml'),
      '--metrics',
      file,
      '--at',
      '2030-01-31T08:00:00Z',
      ...argv,
    ],
  });
}

const GOOD = { coverage: 82, p95: { value: 0.21, unit: 's' }, critical: 0 };

describe('sluice gate', () => {
  it('says in words and by its exit code that a gate passes', async () => {
    const { code, out, err } = await gate(GOOD);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      [
        'RESULT  CRITERION         WEIGHT  VALUE   ASKED FOR',
        'pass    coverage (key)    2       82%     >= 80%',
        'pass    p95               1       0.21 s  <= 300 ms and <= +10%',
        'pass    nothing-critical  1       -       metrics.critical == 0',
        '',
        'Left out',
        '  The gate grows stricter with the risk, and no risk was given: limits are no stricter than written.',
        '',
        'The gate pre-deploy passes: 3 of 3 criteria passed, 100% of the weights (90% needed, 70% for a warning).',
        'It would no longer pass if one of these failed: coverage, p95 and nothing-critical.',
        '',
      ].join('\n'),
    );
  });

  it('says what did not pass, by how much, and what would change it', async () => {
    const { code, out } = await gate({ ...GOOD, coverage: 71 });
    expect(code).toBe(1);
    expect(out).toContain('coverage is 71%, asked for >= 80%: 9% too little.');
    expect(out).toContain('It would pass with at least 80%.');
    expect(out).toContain('Key criteria failed: coverage.');
    expect(out).toContain('It would pass if coverage passed.');
  });

  it.each([
    ['0', 0],
    ['1', 1],
    ['2', 2],
  ])('answers a warning with %s where that is asked for', async (asked, answered) => {
    const { code, out } = await gate({ ...GOOD, coverage: 76 }, '--warn-exit', asked);
    expect(out).toContain('passes with a warning');
    expect(code).toBe(answered);
  });

  it('answers with 3 where it cannot be said', async () => {
    const { code, out } = await gate({ ...GOOD, critical: null });
    expect(code).toBe(3);
    expect(out).toContain(
      'The gate pre-deploy is inconclusive: 2 of 3 criteria passed, between 75% and 100%',
    );
  });

  it('is stricter where the risk is high, and says so', async () => {
    const { out } = await gate(GOOD, '--risk', '100');
    expect(out).toContain(
      'coverage, pass: >= 84% instead of >= 80%: stricter by 20%, since the risk is 100: 0% up to 50, 20% at 100.',
    );
  });

  it('prints the same bytes for the same inputs, as one JSON object', async () => {
    const [first, second] = [await gate(GOOD, '--format', 'json'), await gate(GOOD, '--format', 'json')];
    expect(first.out).toBe(second.out);
    expect(JSON.parse(first.out)).toMatchObject({
      gate: 'pre-deploy',
      at: '2030-01-31T08:00:00.000Z',
      outcome: 'pass',
    });
  });

  describe('with services', () => {
    const SECRET = 'canary-of-the-command-line';
    let service: Server;
    let file: string;
    beforeAll(async () => {
      service = createServer((request, response) => {
        const isKnown = request.headers.authorization === `Bearer ${SECRET}`;
        response.writeHead(isKnown ? 200 : 401).end('{"errors": 0.01}');
      });
      await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
      file = join(folder, 'service.yaml');
      const { port } = service.address() as AddressInfo;
      await writeFile(
        file,
        `gate: 1
name: service
metrics:
  errors:
    from: http
    url: http://127.0.0.1:${port}/
    auth: { secret: env:SLUICE_SECRET_METRICS, scheme: bearer }
    value: /errors
  coverage: { from: lcov, files: lcov.info, value: lines.percent }
criteria: [{ metric: errors, pass: "<= 0.1" }, { metric: coverage, pass: ">= 50" }]
`,
      );
      await writeFile(join(folder, 'lcov.info'), 'SF:a.js\nDA:1,1\nDA:2,0\nend_of_record\n');
    });
    afterAll(() => {
      service.closeAllConnections();
      service.close();
    });

    const judge = (env: Record<string, string>, ...argv: readonly string[]) =>
      runCommand({ argv: ['gate', '--file', file, '--folder', folder, ...argv], env });

    it('asks them where it is told to, with secrets of the environment', async () => {
      const { code, out, err } = await judge({ SLUICE_SECRET_METRICS: SECRET }, '--collect');
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain('0.01');
      expect(out).not.toContain(SECRET);
    });

    it('asks none otherwise, and says how it would', async () => {
      const { code, out } = await judge({ SLUICE_SECRET_METRICS: SECRET }, '--format', 'json');
      expect(code).toBe(3);
      expect(out).toContain('No service can be asked here.');
    });

    it.each([
      ['no secret', {}, 'SLUICE_SECRET_METRICS'],
      ['another secret', { SLUICE_SECRET_METRICS: 'wrong-canary' }, 'status 401'],
    ])('is inconclusive with %s', async (_, env, words) => {
      const { code, out } = await judge(env, '--collect');
      expect([code, out]).toEqual([3, expect.stringContaining(words)]);
      expect(out).not.toContain('wrong-canary');
    });
  });

  it('looks for the gate by its type', async () => {
    expect((await runCommand({ argv: ['gate', '--type', 'post-deploy'] })).err).toContain(
      'There is no .sluice/gates/post-deploy.yaml here.',
    );
    const home = process.cwd();
    await mkdir(join(folder, '.sluice/gates'), { recursive: true });
    await writeFile(join(folder, '.sluice/gates/pre-commit.yml'), GATE.replace('type: pre-deploy\n', ''));
    process.chdir(folder);
    try {
      const argv = ['gate', '--type', 'pre-commit', '--format', 'json'];
      expect(JSON.parse((await runCommand({ argv })).out)).toMatchObject({ type: 'pre-commit' });
    } finally {
      process.chdir(home);
    }
    const other = await gate(GOOD, '--type', 'pre-merge');
    expect(other.code).toBe(2);
    expect(other.err).toContain('is a gate of type pre-deploy, not pre-merge');
  });

  it.each([
    ['{"coverage": 1e400}', 'number-out-of-range'],
    ['{"coverage": 1, "coverage": 2}', 'key-duplicate'],
    ['{"coverage": NaN}', 'measurement-invalid'],
    ['[]', 'gate-not-a-map'],
  ])('refuses metrics %s with their place', async (metrics, finding) => {
    const { code, err } = await gate(metrics);
    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`metrics.json:1:\\d+ ${finding} `));
    const { out } = await gate(metrics, '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({ code: 'metrics-invalid', findings: [{ code: finding }] });
  });

  it('keeps results, compares with them, and is told what happened after them', async () => {
    const history = join(folder, 'new', 'history');
    const unknown = await gate(GOOD, '--history', history);
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('There is no folder') });
    for (const day of ['01', '02', '03']) {
      const { code } = await gate(GOOD, '--history', history, '--record', '--at', `2030-01-${day}T08:00:00Z`);
      expect(code).toBe(0);
    }
    await writeFile(join(history, '2030-01-04-broken.json'), '{"gate": "pre-deploy", "at"');
    const slow = await gate({ ...GOOD, p95: { value: 240, unit: 'ms' } }, '--history', history);
    expect(slow.out).toContain('asked for <= 300 ms and <= +10% of 210 ms (231 ms): 9 ms too much.');
    expect(slow.out).toContain('2030-01-04-broken.json was left out: it is not JSON.');
    const marked = await gate(
      GOOD,
      '--history',
      history,
      '--afterwards',
      'bad',
      '--at',
      '2030-01-02T08:00:00Z',
    );
    expect(marked).toMatchObject({ code: 0, err: '' });
    const results = (await readdir(history)).filter((name) => name.startsWith('2030-01-02'));
    expect(JSON.parse(await readFile(join(history, results[0]!), 'utf8'))).toMatchObject({
      afterwards: 'bad',
    });
  });

  it('keeps results in one file as well', async () => {
    const history = join(folder, 'history.jsonl');
    for (const day of ['01', '02', '03'])
      await gate(GOOD, '--history', history, '--record', '--at', `2030-01-${day}T08:00:00Z`);
    const { out } = await gate({ ...GOOD, p95: 290 }, '--history', history);
    expect(out).toContain('Compared with the average of 3 earlier runs.');
    expect((await gate(GOOD, '--history', history, '--afterwards', 'good')).code).toBe(2);
  });

  it('writes no result over another', async () => {
    const history = join(folder, 'twice');
    expect((await gate(GOOD, '--history', history, '--record')).code).toBe(0);
    const again = await gate(GOOD, '--history', history, '--record');
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('EEXIST') });
  });

  it('reads reports that the gate names, but what is given goes first, and services are not asked', async () => {
    const file = join(folder, 'reports.yaml');
    await writeFile(
      file,
      `gate: 1
name: reports
metrics:
  coverage: { from: lcov, files: lcov.info, value: lines.percent }
  absent: { from: lcov, files: nowhere/lcov.info, value: lines.percent }
  p95: { from: prometheus, server: "http://127.0.0.1:9090", query: up }
criteria:
  - { metric: coverage, pass: ">= 80%" }
  - { metric: absent, pass: ">= 80%" }
  - { metric: p95, pass: "<= 300ms" }
`,
    );
    await writeFile(join(folder, 'lcov.info'), 'SF:a.ts\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nend_of_record\n');
    const ask = (...argv: readonly string[]) =>
      runCommand({ argv: ['gate', '--file', file, '--folder', folder, '--format', 'json', ...argv] });
    const { code, out } = await ask();
    expect(code).toBe(1);
    expect(JSON.parse(out).criteria).toMatchObject([
      { outcome: 'fail', value: 50 },
      { outcome: 'inconclusive' },
      { outcome: 'inconclusive' },
    ]);
    const metrics = join(folder, 'given.json');
    await writeFile(metrics, '{"coverage": 90, "absent": 90, "p95": 100}');
    expect((await ask('--metrics', metrics)).code).toBe(0);
  });

  it('takes service level objectives of Keptn as a gate', async () => {
    const file = join(folder, 'slo.yaml');
    await writeFile(
      file,
      "spec_version: '1.0'\nobjectives:\n- sli: p95\n  pass:\n  - criteria: ['<=+10%', '<600']\ntotal_score: { pass: '90%', warning: '75%' }\n",
    );
    const metrics = join(folder, 'slis.json');
    await writeFile(metrics, '{"p95": 650}');
    const { code, out } = await runCommand({ argv: ['gate', '--file', file, '--metrics', metrics] });
    expect(code).toBe(1);
    expect(out).toContain('p95 is 650, asked for <= +10% and < 600: 50 too much.');
  });
});
