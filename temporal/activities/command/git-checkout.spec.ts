import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GitCheckoutInput, GitCheckoutOutput } from '#contracts/catalogue/git-checkout.js';
import type { Json } from '#domain/json.js';
import { createGitCheckout } from './git-checkout.js';
import { createCommandHost } from './process/command-host.js';

const PATH = process.env['PATH'] ?? '';
let root = '';
let repository = '';
let workspace = '';
let first = '';
let second = '';
let lines: string[] = [];
let masked: string[] = [];

function git(folder: string, ...args: string[]): string {
  const env = {
    PATH,
    HOME: root,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  };
  return execFileSync('git', ['-c', 'protocol.file.allow=always', '-c', 'init.defaultBranch=main', ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .toString()
    .trim();
}

function commit(folder: string, text: string): string {
  writeFileSync(join(folder, 'file'), text);
  git(folder, 'add', '-A');
  git(folder, 'commit', '-m', text);
  return git(folder, 'rev-parse', 'HEAD');
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'git-checkout-'));
  repository = join(root, 'repository');
  mkdirSync(repository);
  git(repository, 'init');
  first = commit(repository, 'first');
  git(repository, 'tag', 'v1');
  git(repository, 'branch', 'feature/x');
  git(repository, 'update-ref', 'refs/pull/7/head', first);
  second = commit(repository, 'second');
  git(repository, 'tag', '-a', 'annotated', '-m', 'x', first);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeEach(() => {
  workspace = mkdtempSync(join(root, 'workspace-'));
  lines = [];
  masked = [];
});

async function checkOut(
  input: Partial<GitCheckoutInput>,
  secret = '',
  signal = new AbortController().signal,
): Promise<GitCheckoutOutput> {
  const action = createGitCheckout(
    createCommandHost({
      path: PATH,
      dataFolder: join(root, 'data'),
      isolation: { mode: 'none', hidden: [], readable: [] },
    }),
  );
  const output = await action({ repository, ...input } as Json, {
    run: 'r',
    step: 's',
    attempt: 1,
    idempotencyKey: 'k',
    signal,
    workspace,
    secrets: { resolve: async () => secret },
    secretValues: new Map(),
    whyStopped: () => undefined,
    logWritten: async () => undefined,
    log: (_, text) => lines.push(text),
    mask: (text) => masked.push(text),
    hide: (text) => text,
  });
  return output as unknown as GitCheckoutOutput;
}

const content = (...path: string[]) => readFileSync(join(workspace, ...path, 'file'), 'utf8');

describe('git/checkout: refs', () => {
  it('checks out the default branch, one commit deep', async () => {
    expect(await checkOut({})).toEqual({ commit: second, ref: 'refs/heads/main', directory: '.' });
    expect(content()).toBe('second');
    expect(git(workspace, 'log', '--format=%s')).toBe('second');
    expect(git(workspace, 'branch', '--show-current')).toBe('main');
    expect(git(workspace, 'status', '--porcelain')).toBe('');
    expect(git(workspace, 'remote', 'get-url', 'origin')).toBe(repository);
  });

  it.each([
    ['a branch', () => 'feature/x', 'refs/heads/feature/x'],
    ['a tag', () => 'v1', 'refs/tags/v1'],
    ['an annotated tag', () => 'annotated', 'refs/tags/annotated'],
    ['a full ref', () => 'refs/pull/7/head', 'refs/pull/7/head'],
    ['the full name of a branch', () => 'refs/heads/feature/x', 'refs/heads/feature/x'],
    ['a commit', () => first, ''],
    ['a commit, abbreviated', () => first.slice(0, 9), ''],
    ['a commit in capitals', () => first.toUpperCase(), ''],
  ])('checks out %s', async (_, ref, full) => {
    for (const depth of [1, 0]) {
      const output = await checkOut({ ref: ref(), depth, directory: `at-${depth}` });
      expect(output).toEqual({ commit: first, ref: full || first, directory: `at-${depth}` });
      expect(content(output.directory)).toBe('first');
    }
  });

  it('brings all history, branches and tags with depth 0', async () => {
    await checkOut({ depth: 0 });
    expect(git(workspace, 'log', '--format=%s')).toBe('second\nfirst');
    expect(git(workspace, 'tag')).toBe('annotated\nv1');
    expect(git(workspace, 'branch', '-r')).toContain('origin/feature/x');
  });

  it.each(['nope', 'refs/heads/nope', '0123456789abcdef0123456789abcdef01234567', 'abcdef012'])(
    'says that %s does not exist',
    async (ref) => {
      await expect(checkOut({ ref })).rejects.toMatchObject({
        code: 'ref-not-found',
        fault: 'user',
        details: { class: 'configuration', retryable: false },
        hint: expect.any(String),
      });
      expect(readdirSync(workspace)).toEqual(['.sluice']);
    },
  );

  it.each([
    '--upload-pack=touch x',
    '-f',
    'a b',
    'a..b',
    'a:b',
    'a^',
    'a~1',
    'a\nb',
    '*',
    'main@{1}',
    '/a',
    'a/',
  ])('refuses the ref %j', async (ref) => {
    await expect(checkOut({ ref })).rejects.toMatchObject({ code: 'ref-invalid' });
  });

  it('says that a repository is empty', async () => {
    const empty = mkdtempSync(join(root, 'empty-'));
    git(empty, 'init', '--bare');
    await expect(checkOut({ repository: empty })).rejects.toMatchObject({ code: 'ref-not-found' });
  });
});

describe('git/checkout: repositories', () => {
  it.each([
    ['a path that does not exist', () => '/no/such/repository', 'repository-not-found'],
    ['a folder that is none', () => tmpdir(), 'repository-not-found'],
    ['a file URL of nothing', () => 'file:///no/such/repository', 'repository-not-found'],
    ['a path outside the workspace', () => '../repository', 'path-outside-workspace'],
    ['an option', () => '--upload-pack=touch /tmp/x', 'repository-invalid'],
    ['a transport that runs commands', () => 'ext::sh -c touch% /tmp/x', 'repository-invalid'],
    ['another scheme', () => 'ftp://example.com/x', 'repository-invalid'],
    ['a host that is an option', () => 'ssh://-oProxyCommand=touch/x', 'repository-invalid'],
    ['a host that is an option, short', () => '-oProxyCommand=touch:x', 'repository-invalid'],
    ['two lines', () => 'https://example.com/a\nb', 'repository-invalid'],
    ['a URL with a password', () => 'https://me:hunter2@example.com/x', 'repository-invalid'],
    ['a URL with a token', () => 'https://hunter2@example.com/x', 'repository-invalid'],
  ])('refuses %s', async (_, name, code) => {
    const error: unknown = await checkOut({ repository: name() }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code,
      fault: 'user',
      details: { retryable: false },
      hint: expect.any(String),
    });
    expect(String(error)).not.toContain('hunter2');
  });

  it('takes a file URL and a path in the workspace', async () => {
    expect((await checkOut({ repository: `file://${repository}`, directory: 'a' })).commit).toBe(second);
    expect((await checkOut({ repository: 'a', directory: 'b' })).commit).toBe(second);
  });

  it('runs no hook and no configuration of the repository', async () => {
    const evil = mkdtempSync(join(root, 'evil-'));
    git(evil, 'init');
    commit(evil, 'x');
    for (const hook of ['post-checkout', 'post-merge', 'reference-transaction', 'pre-auto-gc']) {
      writeFileSync(join(evil, '.git/hooks', hook), `#!/bin/sh\ntouch ${root}/hooked\n`, { mode: 0o755 });
    }
    writeFileSync(join(evil, '.gitattributes'), '* filter=evil\n');
    git(evil, 'config', 'filter.evil.smudge', `touch ${root}/hooked`);
    git(evil, 'add', '-A');
    git(evil, 'commit', '-m', 'attributes', '--no-verify');
    rmSync(join(root, 'hooked'), { force: true });
    await checkOut({ repository: evil });
    expect(existsSync(join(root, 'hooked'))).toBe(false);
  });

  (process.getuid?.() === 0 ? it : it.skip)('reads a repository that belongs to somebody else', async () => {
    const theirs = mkdtempSync(join(root, 'theirs-'));
    git(theirs, 'init');
    const id = commit(theirs, 'theirs');
    const chown = (path: string): void => {
      chownSync(path, 65_534, 65_534);
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (entry.isDirectory()) chown(join(path, entry.name));
        else chownSync(join(path, entry.name), 65_534, 65_534);
      }
    };
    chown(theirs);
    expect((await checkOut({ repository: theirs })).commit).toBe(id);
  });

  it('brings submodules only when asked', async () => {
    const outer = mkdtempSync(join(root, 'outer-'));
    git(outer, 'init');
    git(outer, 'submodule', 'add', repository, 'inner');
    commit(outer, 'outer');
    await checkOut({ repository: outer, directory: 'without' });
    expect(existsSync(join(workspace, 'without/inner/file'))).toBe(false);
    await checkOut({ repository: outer, directory: 'with', submodules: true });
    expect(content('with/inner')).toBe('second');
  });
});

describe('git/checkout: folders', () => {
  it('replaces an earlier checkout, whole or cut off', async () => {
    await checkOut({ directory: 'a', ref: 'v1' });
    writeFileSync(join(workspace, 'a/built'), '');
    rmSync(join(workspace, 'a/.git/HEAD'));
    await checkOut({ directory: 'a' });
    expect([content('a'), existsSync(join(workspace, 'a/built'))]).toEqual(['second', false]);
    await checkOut({ directory: 'a', ref: 'v1' });
    expect(content('a')).toBe('first');
  });

  it('works again after a failed attempt in the same folder', async () => {
    await expect(checkOut({ ref: 'abcdef0' })).rejects.toMatchObject({ code: 'ref-not-found' });
    expect((await checkOut({})).commit).toBe(second);
  });

  it('touches nothing that no checkout made', async () => {
    mkdirSync(join(workspace, 'mine'));
    writeFileSync(join(workspace, 'mine/work'), 'precious');
    for (const directory of ['mine', '.', 'mine/work']) {
      await expect(checkOut({ directory })).rejects.toMatchObject({ code: 'directory-not-empty' });
    }
    expect(readFileSync(join(workspace, 'mine/work'), 'utf8')).toBe('precious');
    await checkOut({ directory: 'mine/below' });
    expect(content('mine/below')).toBe('second');
  });

  it.each(['..', '/tmp/x', '../x', 'link/x', 'link', 'dangling'])(
    'refuses the folder %s',
    async (directory) => {
      symlinkSync(root, join(workspace, 'link'));
      symlinkSync(join(root, 'nowhere'), join(workspace, 'dangling'));
      await expect(checkOut({ directory })).rejects.toMatchObject({ code: 'path-outside-workspace' });
      expect(existsSync(join(root, 'nowhere'))).toBe(false);
    },
  );

  it('leaves no configuration behind', async () => {
    await checkOut({});
    expect(readdirSync(join(workspace, '.sluice')).filter((name) => name.startsWith('gitconfig'))).toEqual(
      [],
    );
  });

  it('stops when asked to', async () => {
    await expect(checkOut({}, '', AbortSignal.abort())).rejects.toMatchObject({ code: 'canceled' });
  });
});

describe('git/checkout: over http', () => {
  let url = '';
  let close: () => Promise<void> = async () => undefined;
  const authorizations: (string | undefined)[] = [];
  const expected = `Basic ${Buffer.from('me:t0ken-value').toString('base64')}`;

  /** git's own server side, behind a login for /private. */
  beforeEach(async () => {
    authorizations.length = 0;
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://x');
      authorizations.push(request.headers.authorization);
      if (pathname.startsWith('/private') && request.headers.authorization !== expected) {
        return response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      }
      if (pathname.startsWith('/broken')) return response.writeHead(503).end();
      if (!/^\/(private|public)\//.test(pathname)) return response.writeHead(404).end();
      return serveGit(request, pathname.replace(/^\/\w+/, '/repository'), (status, headers, body) =>
        response.writeHead(status, headers).end(body),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => new Promise((resolve) => server.close(() => resolve()));
  });
  afterEach(() => close());

  function serveGit(
    request: IncomingMessage,
    path: string,
    answer: (status: number, headers: Record<string, string>, body: Buffer) => void,
  ): void {
    const query = new URL(request.url ?? '/', 'http://x').search.slice(1);
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH,
        HOME: root,
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: path,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    request.pipe(backend.stdin);
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.on('close', () => {
      const output = Buffer.concat(chunks);
      const end = output.indexOf('\r\n\r\n');
      const headers = Object.fromEntries(
        output
          .subarray(0, end)
          .toString()
          .split('\r\n')
          .map((line) => line.split(': ') as [string, string]),
      );
      const { Status: status = '200', ...rest } = headers;
      answer(Number.parseInt(status, 10), rest, output.subarray(end + 4));
    });
  }

  it('fetches a branch and a commit', async () => {
    expect((await checkOut({ repository: `${url}/public/.git`, directory: 'a' })).commit).toBe(second);
    expect((await checkOut({ repository: `${url}/public/.git`, ref: first, directory: 'b' })).commit).toBe(
      first,
    );
    expect(authorizations.every((value) => value === undefined)).toBe(true);
  });

  it('logs in without leaving the token anywhere', async () => {
    const output = await checkOut(
      { repository: `${url}/private/.git`, credentials: 'env:TOKEN' },
      'me:t0ken-value',
    );
    expect(output.commit).toBe(second);
    expect(masked).toEqual(
      expect.arrayContaining(['me:t0ken-value', 't0ken-value', expected.slice('Basic '.length)]),
    );
    const search = spawnSync('grep', ['-rqE', `t0ken|${expected.slice(6)}`, workspace]);
    expect(search.status).toBe(1);
  });

  it.each([
    ['private/.git', 'repository-access-denied', false, 'auth'],
    ['nothing/.git', 'repository-not-found', false, 'configuration'],
    ['broken/.git', 'repository-unreachable', true, 'transient'],
  ])('says why %s cannot be read', async (path, code, retryable, failureClass) => {
    const error: unknown = await checkOut(
      { repository: `${url}/${path}`, credentials: 'env:X' },
      'wr0ng-token',
    ).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, details: { class: failureClass, retryable } });
    expect(lines.join('\n') + String(error)).not.toContain('wr0ng');
  });

  it('says that nobody answers', async () => {
    await expect(checkOut({ repository: 'http://127.0.0.1:1/x.git' })).rejects.toMatchObject({
      code: 'repository-unreachable',
      details: { class: 'transient', retryable: true },
    });
  });

  it('refuses credentials where they would not be used', async () => {
    await expect(checkOut({ credentials: 'env:X' }, 'x')).rejects.toMatchObject({
      code: 'credentials-unsupported',
    });
  });
});
