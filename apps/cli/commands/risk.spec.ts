import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RiskReport } from '#contracts/judgement/risk-report.js';
import {
  lines,
  type MadeRepository,
  makeRepository,
} from '../../../libs/risk/factors/testing/make-repository.js';
import { runCommand } from '../testing/run-command.js';

let made: MadeRepository;
let folder: string;
let env: Record<string, string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-risk-command-'));
  env = { SLUICE_HOME: join(folder, 'home') };
  made = makeRepository([
    { day: 0, author: 'Ada', files: { 'src/a.ts': lines(400), 'src/b.ts': lines(10) } },
    { day: 3, author: 'Bo', message: 'Fix a', files: { 'src/a.ts': lines(401) } },
    { day: 4, author: '\u001b[31mEve', files: { 'src/a.ts': lines(900, 'new'), 'src/\u202ec.ts': 'x\n' } },
  ]);
});
afterAll(() => {
  made.remove();
  rmSync(folder, { recursive: true, force: true });
});

const risk = (...argv: readonly string[]) =>
  runCommand({ argv: ['risk', '--repository', made.folder, ...argv], env });

describe('sluice risk', () => {
  it('shows score, what makes it, how sure it is, and what it rests on', async () => {
    const { code, out } = await risk();
    expect(code).toBe(0);
    expect(out).toMatch(/^risk [\d.]+ of 100, (low|medium|high) {2}[█▏▎▍▌▋▊▉░]+$/m);
    expect(out).toContain('2 files (2 of code), +901 −401 lines, 1 commit');
    expect(out).toMatch(/^ +\+[\d.]+ +where every change starts$/m);
    expect(out).toMatch(/^confidence low/m);
    expect(out).toMatch(/^what would lower it$/m);
    expect(out).toContain('history: 2 commits before it (all there are), from git');
    for (const line of out.split('\n').filter((each) => /^ +[+−]/.test(each))) {
      expect([...line].length).toBeLessThanOrEqual(80);
    }
  });

  it('prints one JSON object whose points add up', async () => {
    const { code, out } = await risk('--json', '--base', 'main~1');
    const report = JSON.parse(out) as RiskReport;
    expect(code).toBe(0);
    expect(report.contributions.reduce((sum, { points }) => sum + points, 0)).toBe(report.score);
    expect(report).toMatchObject({
      commit: made.git('rev-parse', 'main').trim(),
      factors: { nf: 2, la: 901, ld: 401, lt: 401, ndev: 3 },
      history: { commits: 2, complete: true, shallow: false },
    });
  });

  it('shows nothing that a terminal obeys', async () => {
    for (const argv of [[], ['--json']]) {
      const { out } = await risk(...argv);
      expect(out).not.toContain('\u001b');
      expect(out).not.toContain('\u202e');
    }
  });

  it('keeps what it read of the history, unless it shall not', async () => {
    const home = { SLUICE_HOME: join(folder, 'other') };
    const argv = ['risk', '--repository', made.folder, '--json'];
    await runCommand({ argv: [...argv, '--no-index'], env: home });
    expect(() => readdirSync(join(home.SLUICE_HOME, 'risk'))).toThrow();
    const origins = [];
    for (const _ of [1, 2]) {
      const { out } = await runCommand({ argv, env: home });
      origins.push((JSON.parse(out) as RiskReport).history.origin);
    }
    expect(origins).toEqual(['git', 'index']);
  });

  it.each([
    ['low', 1],
    ['high', 0],
  ])('ends by --fail-on %s with %d', async (level, expected) => {
    expect((await risk('--fail-on', level, '--head', 'main~1')).code).toBe(expected);
  });

  it('takes into account how things are where it goes', async () => {
    const file = join(folder, 'environment.json');
    writeFileSync(file, '{ "openIncidents": 3, "frozen": true, "deployments": { "total": 9, "failed": 6 } }');
    const score = async (...argv: string[]) =>
      (JSON.parse((await risk('--json', ...argv)).out) as RiskReport).score;
    expect(await score('--environment', file)).toBeGreaterThan(await score());
  });

  it('looks back as far as it is told', async () => {
    const { out } = await risk('--json', '--no-index', '--history', '1');
    expect((JSON.parse(out) as RiskReport).history).toMatchObject({ commits: 1, complete: false });
  });

  it.each([
    [['--base', 'nowhere'], 'change-not-found'],
    [['--head', '--all'], 'change-invalid'],
    [['--repository', '/'], 'repository-not-found'],
    [['--history', '0'], 'usage'],
    [['--history', '1e9'], 'usage'],
    [['--model', '/nowhere.json'], 'usage'],
    [['--model', import.meta.filename], 'risk-model-invalid'],
    [['--environment', import.meta.filename], 'risk-environment-invalid'],
  ])('answers %j with 2 and %s', async (argv, expected) => {
    const { code, out } = await risk('--json', ...argv);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ code: expected, hint: expect.any(String) });
  });
});
