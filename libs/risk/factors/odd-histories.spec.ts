import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readRiskChange } from './read-change.js';
import { lines, type MadeCommit, type MadeRepository, makeRepository } from './testing/make-repository.js';

const made: MadeRepository[] = [];
const folders: string[] = [];

afterEach(() => {
  for (const repository of made.splice(0)) repository.remove();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function make(commits: readonly MadeCommit[], format?: 'sha256'): MadeRepository {
  const repository = makeRepository(commits, format);
  made.push(repository);
  return repository;
}

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-risk-folder-'));
  folders.push(folder);
  return folder;
}

describe('a commit', () => {
  it('that is the first of all is compared with nothing', async () => {
    const { folder } = make([{ day: 0, files: { 'a.ts': lines(3) } }]);
    const { change, past, history } = await readRiskChange({ folder, head: 'HEAD' });
    expect(change).toMatchObject({ nf: 1, la: 3, ld: 0, lt: 0, ndev: 1, age: 0, nuc: 1, exp: 1 });
    expect({ past, ...history }).toMatchObject({ past: [], base: undefined, commits: 0, complete: true });
  });

  it('that changes nothing has no files, and that is said', async () => {
    const { folder } = make([{ day: 0, files: { 'a.ts': 'x' } }, { day: 1 }]);
    const { change, history } = await readRiskChange({ folder, head: 'HEAD' });
    expect(change).toMatchObject({ nf: 0, la: 0, more: { 'files-changed': 0 } });
    expect(history.notes).toEqual(['Nothing was changed.']);
  });

  it('that merges is what it brings to the branch; histories leave merges out', async () => {
    const { folder } = make([
      { day: 0, files: { 'a.ts': 'x\n' } },
      { day: 1, branch: 'side', parents: ['main'], author: 'Bo', files: { 'b.ts': lines(4) } },
      { day: 2, branch: 'main', parents: ['main'], files: { 'a.ts': 'y\n' } },
      { day: 3, branch: 'main', parents: ['main', 'side'], author: 'Cy', files: { 'b.ts': lines(4) } },
      { day: 4, branch: 'main', parents: ['main'], files: { 'b.ts': lines(5) } },
    ]);
    const merge = await readRiskChange({ folder, base: 'main~2', head: 'main~1' });
    // Bo wrote it; Cy only merged.
    expect(merge.change).toMatchObject({ nf: 1, la: 4, author: 'bo', more: { commits: 1 } });
    const after = await readRiskChange({ folder, head: 'main' });
    expect(after.history.commits).toBe(3);
    expect(after.change).toMatchObject({ nuc: 2, ndev: 2 });
  });

  it('with three parents is compared with the first', async () => {
    const { folder } = make([
      { day: 0, files: { 'a.ts': 'x\n' } },
      { day: 1, branch: 'one', parents: ['main'], files: { 'b.ts': 'x\n' } },
      { day: 1, branch: 'two', parents: ['main'], files: { 'c.ts': 'x\n' } },
      { day: 2, branch: 'main', parents: ['main', 'one', 'two'], files: { 'b.ts': 'x\n', 'c.ts': 'x\n' } },
    ]);
    const { change } = await readRiskChange({ folder, head: 'main' });
    expect(change).toMatchObject({ nf: 2, more: { commits: 2 } });
  });

  it('of binary files, links, submodules and modes alone counts none of them', async () => {
    const { folder } = make([
      { day: 0, files: { 'run.sh': 'x\n', 'a.bin.ts': Buffer.from([1, 0, 2]) } },
      {
        day: 1,
        files: {
          'run.sh': { mode: '100755', content: 'x\n' },
          'a.bin.ts': Buffer.from([1, 0, 3]),
          'link.ts': { mode: '120000', content: 'run.sh' },
          module: { mode: '160000', content: '1'.repeat(40) },
        },
      },
    ]);
    const { change } = await readRiskChange({ folder, head: 'HEAD' });
    expect(change).toMatchObject({
      nf: 0,
      la: 0,
      more: { 'files-changed': 4, 'files-binary': 1, 'files-mode-only': 1, submodules: 1 },
    });
  });

  it('that renames goes on with the history of the file', async () => {
    const { folder } = make([
      { day: 0, author: 'Bo', files: { 'old/a.ts': lines(40) } },
      { day: 2, author: 'Cy', files: { 'old/a.ts': lines(41) } },
      { day: 3, renames: { 'old/a.ts': 'new/b.ts' } },
      { day: 6, renames: { 'new/b.ts': 'new/c.ts' }, files: { 'new/c.ts': lines(42) } },
      { day: 8, files: { 'new/c.ts': lines(43) } },
    ]);
    const at = async (head: string) => (await readRiskChange({ folder, head })).change;
    // The name alone: no file is changed.
    expect(await at('main~2')).toMatchObject({ nf: 0, more: { 'files-renamed': 1 } });
    expect(await at('main~1')).toMatchObject({ nf: 1, la: 1, lt: 41, nuc: 3, ndev: 3, age: 4 });
    expect(await at('main')).toMatchObject({ nf: 1, la: 1, lt: 42, nuc: 4, ndev: 3, age: 2 });
  });

  it('that takes files away counts their lines', async () => {
    const { folder } = make([
      { day: 0, files: { 'a.ts': lines(7), 'b.ts': lines(2) } },
      { day: 1, files: { 'a.ts': null } },
    ]);
    expect((await readRiskChange({ folder, head: 'HEAD' })).change).toMatchObject({
      nf: 1,
      la: 0,
      ld: 7,
      lt: 7,
    });
  });

  it('made before its parent, by its clock, has no age below zero', async () => {
    const { folder } = make([
      { day: 9, files: { 'a.ts': 'x\n' } },
      { day: 2, files: { 'a.ts': 'y\n' } },
    ]);
    const { change } = await readRiskChange({ folder, head: 'HEAD' });
    expect(change).toMatchObject({ age: 0, rexp: 2, more: { 'hours-since-last': 0 } });
  });
});

describe('names', () => {
  it.each([
    ['a quote', 'a"b.ts', 'a"b.ts'],
    ["a line's end", 'a\nb.ts', 'a\nb.ts'],
    ['a tab and a leading colon', ':100644\tx.ts', ':100644\tx.ts'],
    ['what looks like an id', 'a'.repeat(40), 'a'.repeat(40)],
    ['what looks like numbers', '12\t3\tx.ts', '12\t3\tx.ts'],
    ['what looks like an option', '--output=x.ts', '--output=x.ts'],
    ['glob characters', 'a*[b]?.ts', 'a*[b]?.ts'],
    ['no UTF-8', '\xff\xfe.ts', '\ufffd\ufffd.ts'],
  ])('of files may hold %s', async (_, path, shown) => {
    const { folder } = make([
      { day: 0, files: { [path]: 'x\n', 'other.ts': 'x\n' } },
      { day: 1, renames: { 'other.ts': `moved/${path}` } },
      { day: 2, files: { [path]: 'x\ny\n', [`moved/${path}`]: 'x\ny\n' } },
    ]);
    const { change, context } = await readRiskChange({ folder, head: 'HEAD' });
    expect(change).toMatchObject({ nf: 2, la: 2, lt: 2, nuc: 4 });
    expect(context.files?.map((file) => file.path)).toContain(shown);
  });

  it('of authors are one where .mailmap says so', async () => {
    const commits = [
      { day: 0, author: 'Old Name', files: { 'a.ts': 'x\n' } },
      { day: 1, author: 'Ada', files: { 'a.ts': 'y\n' } },
    ];
    const mailmap = { '.mailmap': 'Ada <ada@example.org> <old.name@example.org>\n' };
    const apart = await readRiskChange({ folder: make(commits).folder, head: 'HEAD' });
    const { folder } = make([{ ...commits[0]!, files: { ...commits[0]!.files, ...mailmap } }, commits[1]!]);
    const together = await readRiskChange({ folder, head: 'HEAD' });
    expect([apart.change.ndev, together.change.ndev]).toEqual([2, 1]);
    expect([apart.change.exp, together.change.exp]).toEqual([1, 2]);
  });

  it('of authors and messages may hold anything', async () => {
    const { folder } = make([
      {
        day: 0,
        author: '\u202e"Eve;',
        message: `${'f'.repeat(40)}\n:100644 100644 a b M\n\n12\t3\tx`,
        files: { 'a.ts': 'x\n' },
      },
      { day: 1, message: '', files: { 'a.ts': 'y\n' } },
    ]);
    expect((await readRiskChange({ folder, head: 'HEAD' })).change).toMatchObject({ nf: 1, nuc: 2, ndev: 2 });
  });
});

describe('a repository', () => {
  const commits: readonly MadeCommit[] = [
    { day: 0, files: { 'a.ts': 'x\n' } },
    { day: 1, author: 'Bo', files: { 'a.ts': 'y\n' } },
    { day: 2, author: 'Cy', files: { 'a.ts': 'z\n' } },
  ];

  it('may name its commits by SHA-256', async () => {
    const { folder } = make(commits, 'sha256');
    const { change, past } = await readRiskChange({ folder, head: 'HEAD' });
    expect(change).toMatchObject({ nuc: 3, ndev: 3 });
    expect(change.commit).toHaveLength(64);
    expect(past).toHaveLength(2);
  });

  it('that is shallow is read as far as it goes, and that is said', async () => {
    const { folder } = make(commits);
    const clone = join(createFolder(), 'clone');
    execFileSync('git', ['clone', '--quiet', '--bare', '--depth=2', `file://${folder}`, clone], {
      stdio: 'ignore',
    });
    const { change, context, history } = await readRiskChange({
      folder: clone,
      head: 'HEAD',
      indexes: createFolder(),
    });
    // The commit at the edge seems to make all files: it is left out.
    expect(change).toMatchObject({ nf: 1, la: 1, ld: 1, nuc: 1, ndev: 1 });
    expect(context.historyIncomplete).toBe(true);
    expect(history).toMatchObject({ shallow: true, complete: false, commits: 0 });
    expect(history.notes.join(' ')).toContain('shallow');
    await expect(readRiskChange({ folder: clone, head: 'HEAD~1' })).rejects.toMatchObject({
      code: 'change-not-found',
      hint: expect.stringContaining('--unshallow'),
    });
  });

  it('gives the same with files checked out, whatever lies and is configured there', async () => {
    const bare = make(commits);
    const expected = await readRiskChange({ folder: bare.folder, head: 'HEAD' });
    const clone = join(createFolder(), 'clone');
    execFileSync('git', ['clone', '--quiet', `file://${bare.folder}`, clone], { stdio: 'ignore' });
    const marker = join(clone, 'was-run');
    const program = join(clone, 'evil.sh');
    writeFileSync(program, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    writeFileSync(join(clone, '.gitattributes'), '*.ts -diff diff=evil\n');
    writeFileSync(join(clone, '.mailmap'), 'Ada <ada@example.org> <bo@example.org>\n');
    const settings = {
      'diff.external': program,
      'diff.evil.command': program,
      'diff.evil.textconv': program,
      'core.fsmonitor': program,
      'core.pager': program,
      'gpg.program': program,
      'log.showSignature': 'true',
      'log.showRoot': 'false',
      'diff.renames': 'false',
      'diff.noprefix': 'true',
      'diff.orderFile': '/dev/null',
      'diff.ignoreSubmodules': 'all',
      'core.worktree': '/',
      'color.ui': 'always',
    };
    for (const [name, value] of Object.entries(settings)) {
      execFileSync('git', ['-C', clone, '--git-dir=.git', 'config', name, value]);
    }
    const found = await readRiskChange({ folder: join(clone, '.git'), head: 'HEAD' });
    expect(found).toEqual(expected);
    expect(execFileSync('ls', [clone]).toString()).not.toContain('was-run');
  });
});

describe('a request', () => {
  it.each([
    [{ head: 'nowhere' }, 'change-not-found'],
    [{ head: 'HEAD', base: 'nowhere' }, 'change-not-found'],
    [{ head: 'HEAD:a.ts' }, 'change-not-found'],
    [{ head: '--all' }, 'change-invalid'],
    [{ head: 'HEAD', base: 'a\nb' }, 'change-invalid'],
    [{ head: '' }, 'change-invalid'],
    [{ head: 'x'.repeat(251) }, 'change-invalid'],
  ])('of %j is refused with %s', async (range, code) => {
    const { folder } = make([{ day: 0, files: { 'a.ts': 'x' } }]);
    await expect(readRiskChange({ folder, ...range })).rejects.toMatchObject({
      code,
      hint: expect.any(String),
    });
  });

  it('of a folder without a repository, or of none, says so', async () => {
    const folder = createFolder();
    await expect(readRiskChange({ folder, head: 'HEAD' })).rejects.toMatchObject({
      code: 'repository-not-found',
    });
    await expect(readRiskChange({ folder: join(folder, 'none'), head: 'HEAD' })).rejects.toMatchObject({
      code: 'git-not-found',
    });
  });

  it('that would print more than its limit, or take longer, ends', async () => {
    const { folder } = make([{ day: 0, files: { 'a.ts': 'x' } }]);
    const ask = (limits: { bytes: number; timeMs: number }) =>
      readRiskChange({ folder, head: 'HEAD', limits });
    await expect(ask({ bytes: 20, timeMs: 60_000 })).rejects.toMatchObject({ code: 'history-too-large' });
    await expect(ask({ bytes: 1_000_000, timeMs: 0 })).rejects.toMatchObject({ code: 'history-too-slow' });
  });

  it('of two histories that have nothing in common compares them', async () => {
    const { folder } = make([
      { day: 0, files: { 'a.ts': 'x\n' } },
      { day: 1, branch: 'apart', parents: [], files: { 'b.ts': 'other\n' } },
    ]);
    const { change, history } = await readRiskChange({ folder, base: 'main', head: 'apart' });
    expect(change).toMatchObject({ nf: 2, la: 1, ld: 1 });
    expect(history.notes.join(' ')).toContain('no common commit');
  });
});
