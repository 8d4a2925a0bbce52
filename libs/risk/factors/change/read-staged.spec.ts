import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type MeasuredRisk, readRiskChange } from '../read-change.js';

let root: string;
let folder: string;
const home = process.env['HOME'];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-staged-'));
  folder = join(root, 'repository');
  mkdirSync(folder);
  process.env['HOME'] = root;
  writeFileSync(join(root, '.gitconfig'), '[user]\n\tname = Ada Old\n\temail = ada@example.org\n');
  git('init', '--quiet', '--initial-branch=main', '.');
});
afterEach(() => {
  process.env['HOME'] = home;
  rmSync(root, { recursive: true, force: true });
});

const git = (...args: readonly string[]) => gitAt({}, ...args);
const gitAt = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
  execFileSync('git', ['-C', folder, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).toString();
const staged = (index?: string) =>
  readRiskChange({ folder, head: 'HEAD', staged: index === undefined ? {} : { index } });

function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

function begin(): void {
  write({
    'src/a.ts': 'a\nb\nc\nd\n',
    'src/b.ts': 'one\ntwo\n',
    'gone.ts': 'x\n',
    '.mailmap': 'Ada <ada@example.org>\n',
  });
  git('add', '.');
  git('commit', '--quiet', '-m', 'begin');
  write({ 'src/a.ts': 'a\nB\nc\nd\n' });
  git('commit', '--quiet', '-am', 'fix the crash');
}

/** Without what only a commit has: its id, its message. */
const comparable = ({ change, context, history }: MeasuredRisk) => {
  const { commit: _, fix: __, ...factors } = change;
  return { factors, context, commits: history.commits };
};

describe('a staged change', () => {
  it.each<[string, () => void]>([
    [
      'changed, new and deleted files',
      () => {
        write({ 'src/a.ts': 'a\nB\nc\nD\ne\n', 'src/new.spec.ts': 'it\n' });
        rmSync(join(folder, 'gone.ts'));
      },
    ],
    ['a renamed file', () => renameSync(join(folder, 'src/a.ts'), join(folder, 'moved.ts'))],
    [
      'a binary file and a mode',
      () => {
        write({ 'logo.png': Buffer.from([0, 1, 2, 0]) });
        chmodSync(join(folder, 'src/b.ts'), 0o755);
      },
    ],
    [
      'names that nobody would choose',
      () => write({ 'a "b"\n\tc.ts': '1\n', '-x.ts': '2\n', 'ü.ts': '3\n' }),
    ],
    ['nothing', () => undefined],
  ])('has the factors of the commit that is made of it: %s', async (_, change) => {
    begin();
    change();
    git('add', '-A');
    const before = await staged();
    const base = git('rev-parse', 'HEAD').trim();
    expect(before.history).toMatchObject({ base, head: 'staged' });
    expect(before.change.author).toBe('ada');
    const [zone] = /[+-]\d{4}$/.exec(git('var', 'GIT_AUTHOR_IDENT').trim())!;
    const moment = `${before.change.at} ${zone}`;
    gitAt(
      { GIT_AUTHOR_DATE: moment, GIT_COMMITTER_DATE: moment },
      ...['commit', '--quiet', '--allow-empty', '-m', 'go on'],
    );
    const after = await readRiskChange({ folder, base, head: 'HEAD' });
    expect(comparable(before)).toEqual(comparable(after));
  });

  it('may be the first of all', async () => {
    write({ 'src/a.ts': 'a\nb\n' });
    git('add', '.');
    const { change, history } = await staged();
    expect(change).toMatchObject({ nf: 1, la: 2, ld: 0 });
    expect(history).toMatchObject({ base: undefined, head: 'staged', commits: 0 });
  });

  it('is not what lies in the folder, and leaves all as it is', async () => {
    begin();
    write({ 'src/a.ts': 'staged\n' });
    git('add', '.');
    write({ 'src/a.ts': 'not\nstaged\n', 'other.ts': 'x\n' });
    const state = () => [
      git('status', '--porcelain'),
      git('count-objects', '-v'),
      readFileSync(join(folder, '.git', 'index')).toString('hex'),
    ];
    const before = state();
    expect((await staged()).change).toMatchObject({ nf: 1, la: 1, ld: 4 });
    expect(state()).toEqual(before);
  });

  it('may be in another file, as git tells its hooks', async () => {
    begin();
    write({ 'src/a.ts': '1\n' });
    const index = join(root, 'other-index');
    execFileSync('git', ['-C', folder, 'read-tree', 'HEAD'], {
      env: { ...process.env, GIT_INDEX_FILE: index },
    });
    execFileSync('git', ['-C', folder, 'add', 'src'], { env: { ...process.env, GIT_INDEX_FILE: index } });
    expect((await staged()).change.nf).toBe(0);
    expect((await staged(index)).change).toMatchObject({ nf: 1, la: 1 });
  });

  it('is measured also where git does not know who works there', async () => {
    begin();
    rmSync(join(root, '.gitconfig'));
    git('config', 'user.useConfigOnly', 'true');
    write({ 'src/a.ts': '1\n' });
    git('add', '.');
    expect((await staged()).change).toMatchObject({ nf: 1, author: '' });
  });

  it('is refused where files are not merged', async () => {
    begin();
    git('checkout', '--quiet', '-b', 'other');
    write({ 'src/a.ts': 'theirs\n' });
    git('commit', '--quiet', '-am', 'theirs');
    git('checkout', '--quiet', 'main');
    write({ 'src/a.ts': 'ours\n' });
    git('commit', '--quiet', '-am', 'ours');
    expect(() => git('merge', 'other')).toThrow();
    await expect(staged()).rejects.toMatchObject({
      code: 'change-invalid',
      hint: expect.stringMatching(/git status/),
    });
  });
});
