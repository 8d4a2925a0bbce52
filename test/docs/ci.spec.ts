import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { ChangedRepository } from '../deploy/changed-repository.js';
import { codesIn, findBlocks, findTables, ROOT, readDocument, sectionOf } from './markdown.js';

const text = readDocument('docs/ci.md');
const blockOf = (info: string) => findBlocks(text).find((block) => block.info === info)!.text;

let repository: ChangedRepository;
beforeEach(() => {
  repository = new ChangedRepository();
});
afterEach(() => repository?.remove());

function shell(script: string, env: Readonly<Record<string, string>> = {}) {
  const done = spawnSync('sh', ['-c', script], {
    cwd: repository.folder,
    encoding: 'utf8',
    env: { ...repository.env, ...env },
  });
  return { code: done.status, out: done.stdout, err: done.stderr };
}

const read = (name: string) => JSON.parse(readFileSync(join(repository.folder, name), 'utf8'));

describe('GitHub Actions', () => {
  const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8'));
  const section = sectionOf(text, '## GitHub Actions');

  it('has every input and output of the action', () => {
    const [inputs, outputs] = findTables(section);
    const named = (rows: readonly string[][]) => rows.map(([name]) => codesIn(name!)[0]);
    expect(named(inputs!).sort()).toEqual(Object.keys(action.inputs).sort());
    expect(named(outputs!)).toEqual(Object.keys(action.outputs));
    for (const [name, value] of inputs!) {
      const [code = ''] = codesIn(value!);
      if (codesIn(name!)[0] !== 'base') expect(code).toBe(action.inputs[codesIn(name!)[0]!].default);
    }
  });

  it('shows a workflow that gives the action what it takes', () => {
    const { steps } = parse(blockOf('yaml github')).jobs.judge;
    const own = steps.find(({ id }: { id?: string }) => id === 'sluice');
    for (const name of Object.keys(own.with)) expect(Object.keys(action.inputs)).toContain(name);
  });
});

describe('GitLab CI', () => {
  const { judge } = parse(blockOf('yaml gitlab'));

  it('judges a change, in its scripts', () => {
    const base = repository.git('rev-parse', 'HEAD').trim();
    const head = repository.commit({ 'total.js': 'module.exports = (a, b) => (a + b);\n' });
    for (const line of judge.script) {
      const done = shell(line, { CI_MERGE_REQUEST_DIFF_BASE_SHA: base, CI_COMMIT_SHA: head });
      expect({ line, ...done }).toMatchObject({ line, code: 0 });
    }
    expect(read(judge.artifacts.paths[0])).toMatchObject({ commit: head, history: { base, head } });
  });

  it('fails where the gate does', () => {
    const base = repository.git('rev-parse', 'HEAD').trim();
    const many = Array.from({ length: 9 }, (_, index) => [`file${index}.js`, 'x\n']);
    const head = repository.commit(Object.fromEntries(many));
    const { code, out } = shell(judge.script.at(-1), {
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      CI_COMMIT_SHA: head,
    });
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('The gate pre-merge fails') });
  });
});

describe('the Jenkinsfile', () => {
  const file = readFileSync(join(ROOT, 'examples/ci/Jenkinsfile'), 'utf8');
  const scripts = [...file.matchAll(/(?:\bsh |script: )(?:'''([\s\S]*?)'''|'([^'\n]*)')/g)].map(
    ([, block, line]) => block ?? line!,
  );

  it('has scripts in single quotes only, so that no parameter is part of one', () => {
    expect(scripts).toHaveLength(4);
    expect(file).not.toContain('"""');
    expect(file).not.toMatch(/\bsh\s*\(?\s*"/);
    expect(file.match(/\bsh\b *[('"]/g)).toHaveLength(scripts.length);
  });

  it('judges a change, in its scripts', () => {
    repository.git('branch', 'before');
    repository.commit({ 'total.js': 'module.exports = (a, b) => (a + b);\n' });
    for (const script of scripts)
      expect({ script, ...shell(script, { BASE: 'before' }) }).toMatchObject({ code: 0 });
    expect(read('sluice-risk.json')).toMatchObject({ history: { commits: 2 } });
  });

  it.each(['$(touch pwned)', '"; touch pwned; "', 'nowhere'])('asks a person where BASE is %j', (BASE) => {
    const signOff = scripts.find((script) => script.includes('--fail-on'))!;
    expect(shell(signOff, { BASE }).code).not.toBe(0);
    expect(existsSync(join(repository.folder, 'pwned'))).toBe(false);
  });
});

describe('before a commit', () => {
  const install = () => {
    mkdirSync(join(repository.folder, '.git/hooks'), { recursive: true });
    expect(shell(blockOf('sh'), { SLUICE: ROOT })).toMatchObject({ code: 0 });
    repository.git('add', '-A');
    repository.git('commit', '--quiet', '--no-verify', '-m', 'gate');
  };
  const commit = (...args: readonly string[]) => shell(`git commit ${args.join(' ')} -m 'go on'`);
  const files = (count: number, more: Readonly<Record<string, string>> = {}) => ({
    ...Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`part/file${index}.js`, `${index}\n`]),
    ),
    ...more,
  });

  it('lets a commit of twenty files through that comes with a test', () => {
    install();
    repository.write(files(19, { 'part/file.test.js': 'x\n' }));
    repository.git('add', '-A');
    expect(commit()).toMatchObject({ code: 0 });
    expect(repository.git('status', '--porcelain')).toBe('');
  });

  it('lets none through that is too much, and says why', () => {
    install();
    const before = repository.git('rev-parse', 'HEAD');
    repository.write(files(60));
    repository.git('add', '-A');
    const refused = commit();
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.out + refused.err).toContain('The gate pre-commit fails');
    expect(repository.git('rev-parse', 'HEAD')).toBe(before);
  });

  it('judges what the commit takes, and nothing else', () => {
    install();
    repository.write(files(60));
    repository.git('add', '-A');
    repository.write({ 'total.js': 'module.exports = (x, y) => x + y;\n' });
    expect(commit('--only', 'total.js')).toMatchObject({ code: 0 });
    expect(repository.git('show', '--name-only', '--format=', 'HEAD').trim()).toBe('total.js');
    expect(commit('-a').code).toBe(1);
  });

  it('lets nothing through where the gate cannot be read', () => {
    install();
    repository.write({ '.sluice/gates/pre-commit.yaml': 'gate: 2\n' });
    repository.git('add', '-A');
    expect(commit().code).toBe(1);
  });

  it('has the same command for pre-commit', () => {
    const [hook] = parse(blockOf('yaml pre-commit')).repos[0].hooks;
    expect(readFileSync(join(ROOT, 'examples/ci/pre-commit'), 'utf8')).toContain(`exec ${hook.entry}\n`);
    expect(hook).toMatchObject({ language: 'system', pass_filenames: false, always_run: true });
  });
});
