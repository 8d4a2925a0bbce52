import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type RiskAssessInput, riskAssess } from '#contracts/catalogue/risk-assess.js';
import type { RiskReport } from '#contracts/judgement/risk-report.js';
import type { ActionContext } from '#contracts/ports.js';
import type { Json } from '#domain/json.js';
import { createAssessor } from '#risk/create-assessor.js';
import { createRiskAssess } from './risk-assess.js';

let root = '';
let workspace = '';
let lines: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'risk-assess-'));
  workspace = join(root, 'workspace');
  makeClone(join(workspace, 'clone'));
  lines = [];
});
afterEach(() => rmSync(root, { recursive: true }));

function git(folder: string, ...args: readonly string[]): void {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  execFileSync('git', ['-C', folder, ...identity, ...args], { stdio: 'ignore' });
}

function makeClone(folder: string): void {
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '--quiet', '-b', 'main');
  for (const text of ['one\n', 'one\ntwo\n', 'two\n']) {
    writeFileSync(join(folder, 'a.ts'), text);
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '-m', 'Fix it');
  }
}

async function assess(input: RiskAssessInput, signal = new AbortController().signal): Promise<RiskReport> {
  const action = createRiskAssess(createAssessor(join(root, 'indexes'), () => new Date(0)));
  const context = { workspace, signal, log: (_: string, text: string) => lines.push(text) };
  return (await action(input as Json, context as unknown as ActionContext)) as unknown as RiskReport;
}

describe('risk/assess', () => {
  it('answers with an assessment that fits its schema, and says it in the log', async () => {
    const report = await assess({ directory: 'clone' });
    const validate = new Ajv2020({ strict: true }).compile(riskAssess.output);
    expect([validate(report), validate.errors]).toEqual([true, null]);
    expect(report.factors).toMatchObject({ nf: 1, la: 0, ld: 1, lt: 2, fix: 1, nuc: 3 });
    expect(report.history).toMatchObject({ commits: 2, complete: true });
    expect(lines[0]).toBe(report.text);
  });

  it('takes base, head and the environment', async () => {
    const calm = await assess({ directory: 'clone', base: 'main~2', head: 'main~1' });
    expect(calm.factors).toMatchObject({ la: 1, ld: 0, nuc: 2 });
    const tense = await assess({
      directory: 'clone',
      base: 'main~2',
      head: 'main~1',
      environment: { openIncidents: 4 },
    });
    expect(tense.score).toBeGreaterThan(calm.score);
  });

  it.each<[string, RiskAssessInput, string]>([
    ['no repository', { directory: '.' }, 'repository-not-found'],
    ['no folder', { directory: 'nowhere' }, 'path-not-found'],
    ['another folder', { directory: '..' }, 'path-outside-workspace'],
    ['no commit', { directory: 'clone', base: 'nowhere' }, 'change-not-found'],
    ['no name of one', { directory: 'clone', base: '--all' }, 'change-invalid'],
  ])('is refused where there is %s', async (_, input, code) => {
    await expect(assess(input)).rejects.toMatchObject({
      code,
      fault: 'user',
      hint: expect.any(String),
      details: { class: 'configuration', retryable: false },
    });
  });

  it.each<[string, (clone: string, elsewhere: string) => void]>([
    [
      'by a file .git',
      (clone, elsewhere) => {
        rmSync(join(clone, '.git'), { recursive: true });
        writeFileSync(join(clone, '.git'), `gitdir: ${elsewhere}/.git\n`);
      },
    ],
    [
      'by a link',
      (clone, elsewhere) => {
        rmSync(join(clone, '.git'), { recursive: true });
        symlinkSync(join(elsewhere, '.git'), join(clone, '.git'));
      },
    ],
    [
      'by its objects',
      (clone, elsewhere) => {
        writeFileSync(join(clone, '.git', 'objects', 'info', 'alternates'), `${elsewhere}/.git/objects\n`);
      },
    ],
  ])('reads nothing of a repository outside of the workspace, pointed to %s', async (_, point) => {
    const elsewhere = join(root, 'elsewhere');
    makeClone(elsewhere);
    point(join(workspace, 'clone'), elsewhere);
    await expect(assess({ directory: 'clone' })).rejects.toMatchObject({ code: 'repository-outside' });
  });

  it('ends when it is to stop', async () => {
    await expect(assess({ directory: 'clone' }, AbortSignal.abort())).rejects.toMatchObject({
      code: 'canceled',
    });
  });
});
