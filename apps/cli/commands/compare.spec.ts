import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ComparisonView } from '#contracts/rest/comparison.js';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { runCommand } from '../testing/run-command.js';
import { aRun, RUN_ID } from '../testing/views.js';

let server: ContractServer;

const comparison: ComparisonView = {
  runs: [
    { id: 'a', workflow: 'hello', version: 1, status: 'succeeded', durationMs: 1500 },
    { id: RUN_ID, workflow: 'hello', version: 2, status: 'running' },
  ],
  inputs: [
    { path: '/ref', before: 'main', after: 'v2\u001b[2J' },
    { path: '/dry', before: true },
  ],
  output: [{ path: '', after: 'x'.repeat(100) }],
  steps: [
    {
      key: 'deploy[1]',
      change: 'changed',
      status: ['succeeded', 'failed'],
      durationMs: [1000, null],
      attempts: [1, 3],
      output: [{ path: '/stdout', before: 1, after: null }],
      error: [null, 'exit-code'],
    },
    { key: 'lint', change: 'added' },
    { key: 'docs', change: 'removed' },
  ],
};

beforeEach(async () => {
  server = await startContractServer({ runs: [aRun()] });
});

afterEach(() => server.close());

function compare(view: ComparisonView, ...argv: string[]) {
  server.script.answers = { [`GET /runs/a/compare/${RUN_ID}`]: view };
  return runCommand({ argv: ['compare', 'a', 'latest', ...argv], env: { SLUICE_URL: server.url } });
}

describe('sluice compare', () => {
  it('shows what differs', async () => {
    expect((await compare(comparison)).out.split('\n')).toEqual([
      '✓ hello v1 succeeded in 1.5s (run a)',
      `▸ hello v2 running (run ${RUN_ID})`,
      'inputs:',
      '  /ref  "main" → "v2\\u001b[2J"',
      '  /dry  true → –',
      'steps:',
      '  ~ deploy[1]  succeeded → failed  1.0s → –  attempts 1 → 3 · error – → exit-code',
      '      /stdout  1 → null',
      '  + lint',
      '  - docs',
      'output:',
      `  (all of it)  – → "${'x'.repeat(48)}…`,
      '',
    ]);
  });

  it('says so where more differs than the server shows', async () => {
    expect((await compare({ ...comparison, more: true })).out.endsWith('\n… and more than is shown\n')).toBe(
      true,
    );
  });

  it('says so where nothing does', async () => {
    const { code, out } = await compare({ ...comparison, inputs: [], output: [], steps: [] });
    expect(code).toBe(0);
    expect(out).toContain('they differ in nothing but time\n');
  });

  it('prints what the server answered with --json', async () => {
    expect(JSON.parse((await compare(comparison, '--json')).out)).toEqual(comparison);
  });
});
