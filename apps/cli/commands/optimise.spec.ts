import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AdviceView, EstimateView } from '#contracts/rest/history.js';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { runCommand } from '../testing/run-command.js';
import { aRun, RUN_ID } from '../testing/views.js';

const SOURCE = `sluice: 1
name: shop
stages:
  build:
    steps:
      # the first
      lint: { uses: log/write, with: { message: a } }
      unit: { uses: log/write, with: { message: b } }
`;
const ADVICE: AdviceView = {
  workflow: 'shop',
  version: 1,
  runs: 40,
  succeeded: 38,
  conclusive: true,
  items: [
    {
      id: 'parallel:build',
      kind: 'parallel',
      advice: 'Let unit begin without waiting.',
      because: 'It reads nothing.',
      steps: ['unit'],
      certainty: 'data',
      assumes: ['Workers have room.'],
      gain: { time: { mean: 1_500, low: 1_200, high: 1_900 } },
      evidence: { runs: 38, shownBy: ['run-1'], figures: {} },
      edits: [{ path: ['stages', 'build', 'steps', 'unit', 'needs'], value: [] }],
    },
    {
      id: 'retry:lint',
      kind: 'retry',
      advice: 'Try lint up to three times.',
      because: 'It fails.',
      steps: ['lint'],
      certainty: 'check',
      assumes: [],
      gain: { time: { mean: 0, low: 0, high: 0 }, saves: { mean: 0.5, low: 0.2, high: 0.8 } },
      evidence: { runs: 40, shownBy: [], figures: {} },
      edits: [{ path: ['stages', 'build', 'steps', 'lint', 'retry'], value: { attempts: 3 } }],
    },
  ],
};
const ESTIMATE: EstimateView = {
  workflow: 'shop',
  version: 1,
  runs: 38,
  conclusive: true,
  p50Ms: 61_000,
  p90Ms: 75_000,
  error: 0.031,
  criticalPath: ['lint', 'unit'],
  steps: [{ step: 'lint', runs: 38, p50Ms: 1_000, p90Ms: 2_000, critical: 1 }],
};

let folder: string;
let server: ContractServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-optimise-'));
  server = await startContractServer({
    runs: [aRun()],
    answers: {
      'GET /workflows/shop/advice': ADVICE,
      'GET /workflows/shop/estimate': ESTIMATE,
      'GET /workflows/shop/versions': { items: [{ version: 1, source: SOURCE, format: 'yaml' }] },
      [`GET /runs/${RUN_ID}/estimate`]: {
        run: RUN_ID,
        status: 'running',
        runs: 38,
        conclusive: true,
        percent: 63,
        p50Ms: 20_000,
        p90Ms: 31_000,
      },
    },
  });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const sluice = (...argv: string[]) => runCommand({ argv, env: { SLUICE_URL: server.url } });

describe('optimise', () => {
  it.each(['optimise', 'optimize'])(
    '%s says what, why, what it brings and what it assumes',
    async (command) => {
      const { code, out } = await sluice(command, 'shop');
      expect(code).toBe(0);
      expect(out.split('\n')).toEqual([
        'shop v1: 40 recorded runs, 38 of them succeeded',
        '',
        'parallel:build',
        '  Let unit begin without waiting.',
        '  gain: 1.5s a run (1.2s to 1.9s)',
        '  why: It reads nothing.',
        '  seen in: 38 runs, such as run-1',
        '  assumes: Workers have room.',
        '',
        'retry:lint  check first',
        '  Try lint up to three times.',
        '  gain: 50% of the failed runs (20% to 80%)',
        '  why: It fails.',
        '  seen in: 40 runs',
        '',
      ]);
      expect(JSON.parse((await sluice(command, 'shop', '--json')).out)).toEqual(ADVICE);
    },
  );

  it('writes the definition with what follows from the data, comments kept', async () => {
    const file = join(folder, 'better.yaml');
    const { code, out } = await sluice('optimise', 'shop', '--apply', file);
    expect({ code, last: out.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      last: `${file} holds the definition with parallel:build`,
    });
    const written = await readFile(file, 'utf8');
    expect(written).toContain('# the first');
    expect(written).toContain('unit: { uses: log/write, with: { message: b }, needs: [] }');
    expect(written).not.toContain('attempts');
  });

  it('writes what is named, and refuses what is not there', async () => {
    const file = join(folder, 'better.yaml');
    await sluice('optimise', 'shop', '--apply', file, '--accept', 'retry:lint');
    expect(await readFile(file, 'utf8')).toContain('retry: { attempts: 3 }');
    expect(await sluice('optimise', 'shop', '--apply', file, '--accept', 'retry:lin')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean "retry:lint"?'),
    });
    server.script.answers['GET /workflows/shop/versions'] = { items: [{ version: 2, source: SOURCE }] };
    expect(await sluice('optimise', 'shop', '--apply', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('another version'),
    });
  });

  it('says where there are too few runs, or nothing to change', async () => {
    server.script.answers['GET /workflows/shop/advice'] = { ...ADVICE, items: [] };
    expect((await sluice('optimise', 'shop')).out).toContain('nothing to change');
    server.script.answers['GET /workflows/shop/advice'] = {
      ...ADVICE,
      items: [],
      conclusive: false,
      runs: 2,
    };
    expect((await sluice('optimise', 'shop')).out).toContain('too few runs to advise');
  });
});

describe('estimate', () => {
  it('says how long a run takes, by how many, and its critical path', async () => {
    const { code, out } = await sluice('estimate', 'shop');
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'shop v1: 1m01s (half of the runs), at most 1m15s (nine of ten)',
      'rests on 38 succeeded runs, whose times it meets within 3% (median)',
      'critical path (*): lint → unit',
      '',
      '  STEP  RUNS  P50   P90   CRITICAL IN',
      '* lint  38    1.0s  2.0s  100%',
      '',
    ]);
  });

  it('says when it cannot say much', async () => {
    server.script.answers['GET /workflows/shop/estimate'] = { ...ESTIMATE, runs: 2, conclusive: false };
    expect((await sluice('estimate', 'shop')).out).toContain('too few runs to say; so far 1m01s');
    server.script.answers['GET /workflows/shop/estimate'] = {
      ...ESTIMATE,
      runs: 0,
      conclusive: false,
      steps: [],
    };
    expect((await sluice('estimate', 'shop')).out).toContain('no run has succeeded yet');
  });
});

describe('status of a living run', () => {
  it('shows how much of its time is over, where the server can tell', async () => {
    expect((await sluice('status', RUN_ID)).out).toContain(
      'about 63% of its time is over, 20.0s left, at most 31.0s (by 38 runs)',
    );
    delete server.script.answers[`GET /runs/${RUN_ID}/estimate`];
    expect((await sluice('status', RUN_ID)).code).toBe(0);
  });
});
