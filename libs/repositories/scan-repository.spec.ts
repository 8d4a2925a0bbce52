import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { scanRepository } from './scan-repository.js';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-scan-')));
let folder: string;
let count = 0;

beforeEach(() => {
  folder = join(root, `r${count++}`);
  mkdirSync(folder);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string | Buffer = ''): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function git(...args: readonly string[]): void {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  execFileSync('git', ['-C', folder, ...identity, ...args], { stdio: 'ignore' });
}

function commit(): void {
  if (!existsSync(join(folder, '.git'))) git('init', '--quiet', '-b', 'main');
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '-m', 'c');
}

describe('the facts', () => {
  it('are files that git tracks, texts of build files, and where the repository is', async () => {
    write('package.json', '{}');
    write('src/a.ts');
    commit();
    write('untracked.txt');
    git('remote', 'add', 'origin', 'https://user:secret@git.example.com/team/shop.git?token=x');
    expect(await scanRepository(folder, {})).toEqual({
      name: folder.split('/').at(-1),
      folder: '',
      address: folder,
      origin: 'https://git.example.com/team/shop.git',
      files: ['package.json', 'src/a.ts'],
      texts: new Map([['package.json', '{}']]),
      notes: [],
    });
  });

  it.each([
    ['git@example.com:team/shop.git', 'git@example.com:team/shop.git'],
    ['/srv/git/shop', undefined],
    ['ext::sh -c evil', undefined],
  ])('tell of an origin %s: %s', async (url, origin) => {
    commit();
    git('remote', 'add', 'origin', url);
    expect((await scanRepository(folder, {})).origin).toBe(origin);
  });

  it('of a folder in a repository are of that folder', async () => {
    write('api/go.mod', 'module a\n');
    write('web/package.json', '{}');
    commit();
    expect(await scanRepository(join(folder, 'api'), {})).toMatchObject({
      folder: 'api',
      name: 'api',
      address: folder,
      files: ['go.mod'],
    });
  });

  it('without a commit are what could be tracked, without a place to check out', async () => {
    write('go.mod', 'module a\n');
    write('.gitignore', 'secret\n');
    write('secret');
    git('init', '--quiet');
    const facts = await scanRepository(folder, {});
    expect(facts.files).toEqual(['.gitignore', 'go.mod']);
    expect(facts).not.toHaveProperty('address');
    expect(facts.notes[0]?.text).toContain('no commit yet');
  });

  it('without git are all files that lie there', async () => {
    write('go.mod', 'module a\n');
    write('node_modules/a/package.json', '{}');
    const facts = await scanRepository(folder, {});
    expect(facts.files).toEqual(['go.mod']);
    expect(facts.notes[0]?.text).toContain('git knows nothing');
  });
});

describe('a change', () => {
  beforeEach(() => {
    write('package.json', '{"name":"before"}');
    write('old.bin', Buffer.from([0, 1]));
    commit();
    git('checkout', '--quiet', '-b', 'topic');
    write('package.json', '{"name":"after"}');
    write('a\nb "c"', 'x\n');
    rmSync(join(folder, 'old.bin'));
    commit();
    git('checkout', '--quiet', 'main');
    write('main-only.txt', 'x');
    commit();
  });

  it('is read at its end, whatever is checked out', async () => {
    const facts = await scanRepository(folder, { change: 'main...topic' });
    expect(facts.change).toEqual({
      base: 'main',
      head: 'topic',
      files: [
        { path: 'a\nb "c"', added: 1, removed: 0 },
        { path: 'old.bin', added: 0, removed: 0 },
        { path: 'package.json', added: 1, removed: 1 },
      ],
    });
    expect(facts.texts.get('package.json')).toBe('{"name":"after"}');
  });

  it('with two dots compares the two ends', async () => {
    const { change } = await scanRepository(folder, { change: 'main..topic' });
    expect(change?.files.map(({ path }) => path)).toContain('main-only.txt');
  });

  it.each([
    ['nothing', 'change-invalid'],
    ['--output=x..main', 'change-invalid'],
    ['a b..main', 'change-invalid'],
    [`${'a'.repeat(300)}..main`, 'change-invalid'],
    ['nowhere..main', 'change-not-found'],
    ['main..--help', 'change-invalid'],
  ])('%s is refused: %s', async (change, code) => {
    await expect(scanRepository(folder, { change })).rejects.toMatchObject({ code, fault: 'user' });
  });
});

it.each(['none', 'file'])('a folder that is %s is refused', async (name) => {
  write('file');
  await expect(scanRepository(join(folder, name), {})).rejects.toMatchObject({ code: 'folder-unreadable' });
  await expect(scanRepository(folder, { change: 'a..b' })).rejects.toMatchObject({
    code: 'change-not-found',
  });
});

describe('what is hostile', () => {
  it('links out of the repository are not followed', async () => {
    write('../outside/package.json', '{"name":"outside"}');
    symlinkSync('../outside/package.json', join(folder, 'package.json'));
    symlinkSync('../outside', join(folder, 'linked'));
    commit();
    const tracked = await scanRepository(folder, {});
    expect([...tracked.texts]).toEqual([]);
    expect(tracked.notes).toContainEqual({
      text: 'It is a symbolic link, which is not followed.',
      evidence: [{ file: 'package.json' }],
    });
    expect((await scanRepository(folder, { change: 'HEAD..HEAD' })).files).toEqual([]);
    rmSync(join(folder, '.git'), { recursive: true });
    expect((await scanRepository(folder, {})).files).toEqual([]);
  });

  it('a folder that became a link after git listed it is not read', async () => {
    write('web/package.json', '{}');
    commit();
    write('../elsewhere/package.json', '{"name":"outside"}');
    rmSync(join(folder, 'web'), { recursive: true });
    symlinkSync('../elsewhere', join(folder, 'web'));
    const facts = await scanRepository(folder, {});
    expect([...facts.texts]).toEqual([]);
    expect(facts.notes.map(({ text }) => text)).toContain(
      'It leads out of the repository, so it was not read.',
    );
  });

  it('what is too large, no text, or a pipe gets a note', async () => {
    write('package.json', ' '.repeat(600_000));
    write('go.mod', Buffer.from([0xff, 0xfe, 0, 0]));
    execFileSync('mkfifo', [join(folder, 'Cargo.toml')]);
    const { texts, notes } = await scanRepository(folder, {});
    expect([...texts]).toEqual([]);
    expect(notes.map(({ text, evidence }) => [evidence[0]?.file, text.slice(0, 24)])).toEqual(
      expect.arrayContaining([
        ['package.json', 'It has more than 512 KiB'],
        ['go.mod', 'It is no text in UTF-8, '],
      ]),
    );
  });

  it('names with line ends, quotes, dashes and more are names', async () => {
    const names = ['a\nb', '"q" \'s', '-rf', '$(x)', 'ж', `${'x'.repeat(150)}/${'y'.repeat(150)}`];
    for (const name of names) write(`${name}/go.mod`, 'module a\n');
    commit();
    expect((await scanRepository(folder, {})).texts.size).toBe(names.length);
  });

  it('nothing that the repository configures is run', async () => {
    write('go.mod', 'module a\n');
    write('.gitattributes', '* diff=evil\n');
    commit();
    commit();
    const mark = join(folder, 'was-run');
    writeFileSync(join(folder, 'evil.sh'), `#!/bin/sh\ntouch '${mark}'\n`);
    chmodSync(join(folder, 'evil.sh'), 0o755);
    for (const key of [
      'core.fsmonitor',
      'diff.external',
      'diff.evil.textconv',
      'diff.evil.command',
      'core.pager',
    ])
      git('config', key, join(folder, 'evil.sh'));
    await scanRepository(folder, {});
    await scanRepository(folder, { change: 'HEAD~1..HEAD' });
    expect(existsSync(mark)).toBe(false);
  });
});
