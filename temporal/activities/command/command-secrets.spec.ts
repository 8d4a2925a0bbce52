import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandRunInput, CommandRunOutput } from '#contracts/catalogue/command-run.js';
import type { ActionContext, SecretValue } from '#contracts/ports.js';
import type { Json } from '#domain/json.js';
import { createCommandRun } from './command-run.js';
import { createCommandHost } from './process/command-host.js';
import { findExecutable } from './process/find-executable.js';
import { removeSecretFiles } from './process/secret-files.js';

const PATH = process.env['PATH'] ?? '';
const SECRET = 'canary-3c3e9f';
const MODES = (await findExecutable('bwrap', '/', PATH)).kind === 'found' ? ['none', 'bubblewrap'] : ['none'];

let root = '';
let data = '';
let workspace = '';
let lines: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'command-secrets-'));
  data = join(root, 'data');
  workspace = join(data, 'workspaces/r');
  mkdirSync(workspace, { recursive: true });
  lines = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

interface Circumstances {
  readonly mode?: string;
  readonly signal?: AbortSignal;
}

async function run(
  input: CommandRunInput,
  secrets: Record<string, SecretValue>,
  { mode = 'none', signal = new AbortController().signal }: Circumstances = {},
): Promise<CommandRunOutput> {
  const host = createCommandHost({
    path: PATH,
    dataFolder: data,
    isolation: { mode: mode as 'none', hidden: [data], readable: [] },
  });
  const context: ActionContext = {
    run: 'r',
    step: 's',
    attempt: 1,
    idempotencyKey: 'r/s',
    signal,
    workspace,
    secrets: { resolve: async () => '' },
    secretValues: new Map(Object.entries(secrets)),
    whyStopped: () => undefined,
    logWritten: async () => undefined,
    log: (_, text) => lines.push(text),
    mask: () => undefined,
    hide: (text) => text.replaceAll(SECRET, '***'),
  };
  return (await createCommandRun(host)(input as unknown as Json, context)) as unknown as CommandRunOutput;
}

const sh = (script: string): CommandRunInput => ({ run: ['sh', '-c', script] });
const variable = (value = SECRET): SecretValue => ({ value, as: 'environment' });
const file = (value = SECRET): SecretValue => ({ value, as: 'file' });
/** What is left of files of secrets. */
const left = () => (existsSync(join(data, 'secrets')) ? readdirSync(join(data, 'secrets')) : []);

describe.each(MODES)('command/run with secrets, isolation %s', (mode) => {
  it('hands over variables and files, and nothing of them in its arguments', async () => {
    writeFileSync(join(workspace, 'expected'), SECRET);
    const { stdout } = await run(
      sh(
        `test "$TOKEN" = "$(cat expected)" && cmp "$KEY" expected && stat -c '%a %F' "$KEY"; cat /proc/$$/cmdline /proc/$PPID/cmdline | grep -c "$TOKEN"`,
      ),
      { TOKEN: variable(), KEY: file() },
      { mode },
    ).catch((error: Error) => ({ stdout: error.message }));
    expect(stdout).toContain('600 regular file');
    expect(stdout).not.toContain(SECRET);
    expect(left()).toEqual([]);
  });

  it('keeps the file out of the workspace, and where nobody else can enter', async () => {
    const { stdout } = await run(
      sh('echo "$KEY"; stat -c %a "$(dirname "$KEY")"'),
      { KEY: file() },
      { mode },
    );
    const [path, access] = stdout.split('\n');
    expect(path).toMatch(/^\/.*\/data\/secrets\/[0-9a-f-]{36}\/KEY$/);
    expect(access).toBe('700');
  });

  it.each([
    ['success', 'true', undefined],
    ['failure', 'exit 1', 'command-failed'],
    ['a kill', 'kill -9 $$', 'command-killed'],
    ['a program that is not there', undefined, 'command-not-found'],
  ])('removes the file after %s', async (_, script, code) => {
    const input = script === undefined ? { run: ['no-such-program'] as [string] } : sh(script);
    const end = run(input, { KEY: file() }, { mode });
    if (code === undefined) await end;
    else await expect(end).rejects.toMatchObject({ code });
    expect(left()).toEqual([]);
  });

  it('removes the file when it is canceled', async () => {
    const stop = new AbortController();
    const end = run(sh('touch here; sleep 60'), { KEY: file() }, { mode, signal: stop.signal });
    const ended = expect(end).rejects.toMatchObject({ code: 'canceled' });
    while (!existsSync(join(workspace, 'here'))) await sleep(10);
    expect(left()).toHaveLength(1);
    stop.abort();
    await ended;
    expect(left()).toEqual([]);
  });
});

describe('command/run with secrets', () => {
  it.each([
    ['cut by the limit of the output', 'printf "x%s" "$TOKEN"', 6],
    ['whole', 'printf %s "$TOKEN"; printf %s "$TOKEN" >&2', 100],
    ['cut by the limit of a line', 'head -c 16380 /dev/zero | tr "\\0" x; echo "$TOKEN"', 100],
  ])('shows no part of one that is %s', async (_, script, outputLimit) => {
    const output = await run({ ...sh(script), outputLimit }, { TOKEN: variable() });
    expect(JSON.stringify([output, lines])).not.toMatch(/canary|3c3e|9f/);
    expect(output.stdout.length).toBeLessThanOrEqual(outputLimit);
  });

  it('shows no part of one in an error that is cut', async () => {
    const script = 'printf %s "$TOKEN" >&2; head -c 995 /dev/zero | tr "\\0" x >&2; exit 1';
    const failure = await run(sh(script), { TOKEN: variable() }).catch((error: Error) => error.message);
    expect(failure).toContain('exit code 1');
    expect(failure).not.toMatch(/3c3e|9f/);
  });

  it('takes large and odd contents as files', async () => {
    const content = `-----BEGIN\n${'é\0\r\n'.repeat(10_000)}`;
    const { stdout } = await run(sh('wc -c < "$KEY"'), { KEY: file(content) });
    expect(Number(stdout)).toBe(Buffer.byteLength(content));
  });

  it.each([
    ['PATH', 'reserved', variable()],
    ['HOME', 'reserved', file()],
    ['LD_PRELOAD', 'reserved', variable()],
    ['DYLD_INSERT_LIBRARIES', 'reserved', variable()],
    ['NODE_OPTIONS', 'reserved', variable()],
    ['BASH_ENV', 'reserved', file()],
    ['SLUICE_RUN_ID', 'ours', variable()],
    ['A-B', 'no name', variable()],
    ['../x', 'no name', file()],
    ['1A', 'no name', variable()],
    ['', 'no name', variable()],
    ['A=B', 'no name', variable()],
    ['GREETING', 'in environment too', variable()],
    ['TOKEN', 'a value with NUL', variable('a\0--bind')],
  ])('refuses %j (%s)', async (name, _, secret) => {
    const input = { ...sh('touch ran'), environment: { GREETING: 'hei' } };
    await expect(run(input, { [name]: secret })).rejects.toMatchObject({
      code: 'secret-unusable',
      details: { retryable: false },
      message: expect.not.stringContaining(SECRET),
    });
    expect(existsSync(join(workspace, 'ran'))).toBe(false);
    expect(left()).toEqual([]);
  });

  it('clears what a killed worker left', async () => {
    mkdirSync(join(data, 'secrets/old'), { recursive: true });
    writeFileSync(join(data, 'secrets/old/KEY'), SECRET);
    await removeSecretFiles(data);
    expect(existsSync(join(data, 'secrets'))).toBe(false);
    await removeSecretFiles(data);
  });

  it('tells a program which attempt of what it is', async () => {
    const { stdout } = await run(
      sh('echo $SLUICE_RUN_ID $SLUICE_STEP $SLUICE_ATTEMPT $SLUICE_IDEMPOTENCY_KEY'),
      {},
    );
    expect(stdout).toBe('r s 1 r/s\n');
  });
});
