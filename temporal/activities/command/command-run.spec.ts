import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandRunInput, CommandRunOutput } from '#contracts/catalogue/command-run.js';
import type { ActionContext } from '#contracts/ports.js';
import type { Json } from '#domain/json.js';
import { createCommandRun } from './command-run.js';
import { type CommandHostOptions, createCommandHost } from './process/command-host.js';
import { createIsolate } from './process/isolation.js';
import { isGroupAlive, listGroup } from './process/process-groups.js';

const NODE = process.execPath;
const PATH = process.env['PATH'] ?? '';

let root = '';
let workspace = '';
let lines: [string, string][] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'command-run-'));
  workspace = join(root, 'workspace');
  mkdirSync(workspace);
  lines = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function context(signal: AbortSignal = new AbortController().signal): ActionContext {
  return {
    run: 'r',
    step: 's',
    attempt: 1,
    idempotencyKey: 'k',
    signal,
    workspace,
    secrets: { resolve: async () => '' },
    secretValues: new Map(),
    whyStopped: () => undefined,
    logWritten: async () => undefined,
    log: (stream, text) => lines.push([stream, text]),
    mask: () => undefined,
    hide: (text) => text,
  };
}

async function run(
  input: CommandRunInput,
  options: Partial<CommandHostOptions> & { signal?: AbortSignal } = {},
): Promise<CommandRunOutput> {
  const action = createCommandRun(
    createCommandHost({
      path: PATH,
      dataFolder: join(root, 'data'),
      isolation: { mode: 'none', hidden: [], readable: [] },
      ...options,
    }),
  );
  return (await action(input as unknown as Json, context(options.signal))) as unknown as CommandRunOutput;
}

const sh = (script: string): CommandRunInput => ({ run: ['sh', '-c', script] });
const js = (script: string): CommandRunInput => ({ run: [NODE, '-e', script] });
const logged = (stream: string) => lines.filter(([name]) => name === stream).map(([, text]) => text);

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

describe('command/run: results', () => {
  it('captures output, live and whole', async () => {
    const output = await run(sh('echo one; echo two >&2; printf three'));
    expect(output).toMatchObject({ exitCode: 0, stdout: 'one\nthree', stderr: 'two\n', truncated: false });
    expect(output.durationMs).toBeGreaterThanOrEqual(0);
    expect(logged('stdout')).toEqual(['one', 'three']);
    expect(logged('stderr')).toEqual(['two']);
    expect(logged('sluice')).toEqual(["$ sh -c 'echo one; echo two >&2; printf three'"]);
  });

  it('passes arguments as they are, through no shell', async () => {
    const hostile = ['$(touch x)', '; rm -rf /', '`id`', '*', '', 'a b', '--', '-e'];
    const output = await run({
      run: [NODE, '-p', 'JSON.stringify(process.argv.slice(1))', '--', ...hostile],
      parse: 'json',
    });
    expect(output.result).toEqual(hostile);
    expect(readdirSync(workspace)).toEqual(['.sluice']);
  });

  it('gives the program the declared environment and the base, nothing of the worker', async () => {
    process.env['WORKER_SECRET'] = 'hidden';
    const output = await run({
      ...js('console.log(JSON.stringify([process.env, require("os").tmpdir()]))'),
      environment: { GREETING: 'hei', LANG: 'nb_NO.UTF-8' },
      parse: 'json',
    });
    delete process.env['WORKER_SECRET'];
    expect(output.result).toEqual([
      {
        PATH,
        HOME: join(workspace, '.sluice/home'),
        TMPDIR: join(workspace, '.sluice/tmp'),
        LANG: 'nb_NO.UTF-8',
        CI: 'true',
        GREETING: 'hei',
        SLUICE_RUN_ID: 'r',
        SLUICE_STEP: 's',
        SLUICE_ATTEMPT: '1',
        SLUICE_IDEMPOTENCY_KEY: 'k',
      },
      join(workspace, '.sluice/tmp'),
    ]);
    expect(existsSync(join(workspace, '.sluice/home'))).toBe(true);
  });

  it('hands over stdin, and closes it where there is none', async () => {
    expect((await run({ run: ['cat'], stdin: 'some text' })).stdout).toBe('some text');
    expect((await run({ run: ['cat'] })).stdout).toBe('');
    expect((await run({ run: ['true'], stdin: 'x'.repeat(131_072) })).exitCode).toBe(0);
  });

  it('takes other exit codes for success where told', async () => {
    expect((await run({ ...sh('exit 3'), successCodes: [0, 3] })).exitCode).toBe(3);
  });

  it('runs in a folder of the workspace, and a program of it', async () => {
    mkdirSync(join(workspace, 'sub'));
    writeFileSync(join(workspace, 'sub/tool'), '#!/bin/sh\npwd\n', { mode: 0o755 });
    expect((await run({ run: ['./tool'], directory: 'sub' })).stdout).toBe(`${join(workspace, 'sub')}\n`);
  });

  it('keeps no more than the end of the output', async () => {
    const output = await run({ ...js('process.stdout.write("æ".repeat(50_000) + "end")'), outputLimit: 8 });
    expect(output).toMatchObject({ stdout: 'ææend', truncated: true });
    expect((await run({ ...sh('echo hello'), outputLimit: 0 })).stdout).toBe('');
  });

  it('cleans what it logs', async () => {
    await run(
      js(String.raw`
      process.stdout.write('\x1b[31mred\x1b[0m\r\n');
      process.stdout.write(Buffer.from([0x61, 0xff, 0x00, 0x62, 0x0a]));
      process.stdout.write('10%\r50%\r100%\n\n');
      process.stdout.write('x'.repeat(40_000) + '\nlast');
    `),
    );
    const out = logged('stdout');
    expect(out.slice(0, 4)).toEqual(['red', 'a\ufffd\ufffdb', '100%', '']);
    expect(Buffer.byteLength(out[4] ?? '')).toBeLessThanOrEqual(16_384);
    expect(out[4]).toMatch(/^x{16000,} … \[line cut\]$/);
    expect(out[5]).toBe('last');
  });

  it('drains 500 MiB without keeping them', async () => {
    const before = process.memoryUsage().rss;
    const output = await run(
      js(
        'const b = Buffer.alloc(1 << 20, "0123456789abcde\\n"); for (let i = 0; i < 500; i++) require("fs").writeSync(1, b);',
      ),
    );
    expect(output).toMatchObject({ exitCode: 0, truncated: true });
    expect(output.stdout).toHaveLength(65_536);
    const stored = logged('stdout').reduce((sum, line) => sum + line.length, 0);
    expect(stored).toBeGreaterThan(1_000_000);
    expect(stored).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(logged('sluice').filter((line) => line.includes('later lines are not stored'))).toHaveLength(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024);
  }, 60_000);
});

describe('command/run: failures', () => {
  it.each([
    [
      'a failing program',
      sh('echo oops >&2; exit 2'),
      'command-failed',
      'user',
      { class: 'unknown', retryable: true, exitCode: 2 },
      /exit code 2: oops/,
    ],
    [
      'a program that kills itself',
      sh('kill -9 $$'),
      'command-killed',
      'operational',
      { class: 'resource', retryable: true, signal: 'SIGKILL' },
      /SIGKILL/,
    ],
    [
      'a crash',
      sh('kill -SEGV $$'),
      'command-killed',
      'operational',
      { class: 'code', retryable: true, signal: 'SIGSEGV' },
      /SIGSEGV/,
    ],
    [
      'an unknown command',
      { run: ['no-such-command-here'] },
      'command-not-found',
      'user',
      { class: 'configuration', retryable: false },
      /no-such-command-here/,
    ],
    [
      'an empty command',
      { run: [''] },
      'command-not-found',
      'user',
      { class: 'configuration', retryable: false },
      /""/,
    ],
    [
      'a NUL in an argument',
      { run: ['echo', 'a\0b'] },
      'command-invalid',
      'user',
      { class: 'configuration', retryable: false },
      /NUL/,
    ],
    [
      'too much of arguments',
      { run: ['echo', ...Array<string>(40).fill('x'.repeat(130_000))] },
      'command-invalid',
      'user',
      { class: 'configuration', retryable: false },
      /larger/,
    ],
    [
      'output that is not JSON',
      { ...sh('echo {'), parse: 'json' },
      'command-output-invalid',
      'user',
      { class: 'code', retryable: false },
      /JSON/,
    ],
    [
      'a missing folder',
      { ...sh('true'), directory: 'nope' },
      'path-not-found',
      'user',
      { class: 'configuration', retryable: false },
      /nope/,
    ],
    [
      'a folder above',
      { ...sh('true'), directory: '../' },
      'path-outside-workspace',
      'user',
      { class: 'configuration', retryable: false },
      /outside/,
    ],
    [
      'an absolute folder',
      { ...sh('true'), directory: '/etc' },
      'path-outside-workspace',
      'user',
      { class: 'configuration', retryable: false },
      /outside/,
    ],
  ] as [string, CommandRunInput, string, string, unknown, RegExp][])(
    'names %s',
    async (_, input, code, fault, details, message) => {
      const error: unknown = await run(input).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code,
        fault,
        details,
        hint: expect.any(String),
        message: expect.stringMatching(message),
      });
    },
  );

  it('refuses links out of the workspace', async () => {
    symlinkSync('/etc', join(workspace, 'out'));
    await expect(run({ ...sh('true'), directory: 'out' })).rejects.toMatchObject({
      code: 'path-outside-workspace',
    });
    writeFileSync(join(workspace, 'file'), '');
    await expect(run({ ...sh('true'), directory: 'file' })).rejects.toMatchObject({ code: 'path-not-found' });
  });

  it('refuses a workspace whose private folder was replaced', async () => {
    symlinkSync('/tmp', join(workspace, '.sluice'));
    await expect(run(sh('true'))).rejects.toMatchObject({ code: 'workspace-damaged' });
  });

  it('tells a program that may not be executed, and a missing interpreter', async () => {
    writeFileSync(join(workspace, 'plain'), 'x');
    await expect(run({ run: ['./plain'] })).rejects.toMatchObject({ code: 'command-not-executable' });
    writeFileSync(join(workspace, 'script'), '#!/no/such/interpreter\n', { mode: 0o755 });
    await expect(run({ run: ['./script'] })).rejects.toMatchObject({ code: 'command-not-found' });
  });
});

describe('command/run: processes', () => {
  it('stops the whole group when asked to', async () => {
    const stop = new AbortController();
    const work = run(sh('sleep 600 & echo $$; sleep 600'), { signal: stop.signal });
    await waitFor(() => logged('stdout').length > 0);
    const group = Number(logged('stdout')[0]);
    expect(listGroup(group)?.length).toBeGreaterThan(1);
    stop.abort();
    await expect(work).rejects.toMatchObject({
      code: 'canceled',
      details: { class: 'canceled', retryable: false },
    });
    expect(isGroupAlive(group)).toBe(false);
  });

  it('lets a program end in its own way', async () => {
    const stop = new AbortController();
    const work = run(
      js(
        'process.on("SIGTERM", () => { console.log("bye"); process.exit(0) }); console.log("up"); setInterval(() => 0, 1e6)',
      ),
      {
        signal: stop.signal,
      },
    );
    await waitFor(() => logged('stdout').includes('up'));
    stop.abort();
    await expect(work).rejects.toMatchObject({ code: 'canceled' });
    expect(logged('stdout')).toContain('bye');
  });

  it('kills a program that will not end', async () => {
    const stop = new AbortController();
    const work = run(sh('trap "" TERM; echo $$; while true; do sleep 0.1; done'), { signal: stop.signal });
    await waitFor(() => logged('stdout').length > 0);
    stop.abort();
    await expect(work).rejects.toMatchObject({ code: 'canceled' });
    expect(isGroupAlive(Number(logged('stdout')[0]))).toBe(false);
  }, 20_000);

  it('does not start what was canceled before', async () => {
    await expect(run(sh('touch started'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'canceled',
    });
    expect(existsSync(join(workspace, 'started'))).toBe(false);
  });

  it('ends what a program leaves in the background', async () => {
    const output = await run(sh('sleep 600 >/dev/null 2>&1 & sleep 600 & echo $$'));
    expect(isGroupAlive(Number(output.stdout))).toBe(false);
  });

  it('does not wait for a program that left the group and holds the pipe', async () => {
    const output = await run(sh('setsid sleep 30 & echo $!'));
    const escaped = Number(output.stdout);
    process.kill(escaped, 'SIGKILL');
    expect(output.exitCode).toBe(0);
  });

  it('registers groups while they run', async () => {
    const stop = new AbortController();
    const entries = join(root, 'data/processes');
    const work = run(sh('echo up; sleep 600'), { signal: stop.signal }).catch(() => undefined);
    await waitFor(() => logged('stdout').length > 0);
    expect(readdirSync(entries)).toHaveLength(1);
    stop.abort();
    await work;
    expect(readdirSync(entries)).toEqual([]);
  });
});

const sandboxWorks = async (): Promise<boolean> =>
  (await createIsolate(
    { mode: 'auto', hidden: [], readable: [] },
    PATH,
  )({
    argv: [],
    directory: '/',
    workspace: '/',
    temporary: '/',
    environment: {},
  })) !== undefined;
const inSandbox = (await sandboxWorks()) ? describe : describe.skip;

inSandbox('command/run in bubblewrap', () => {
  const isolated = (input: CommandRunInput, signal?: AbortSignal) =>
    run(input, {
      isolation: {
        mode: 'bubblewrap',
        hidden: [join(root, 'data'), '/does/not/exist', join(process.cwd(), 'LICENSE')],
        readable: [process.cwd()],
      },
      ...(signal ? { signal } : {}),
    });

  it('writes to the workspace and nowhere else', async () => {
    const output = await isolated(
      sh(
        `echo a > made; echo b > ${root}/escaped; echo c > /etc/escaped; echo d > /tmp/temporary; ls ${root}/data; pwd`,
      ),
    );
    expect(readFileSync(join(workspace, 'made'), 'utf8')).toBe('a\n');
    expect([
      existsSync(join(root, 'escaped')),
      existsSync('/etc/escaped'),
      existsSync('/tmp/temporary'),
    ]).toEqual([false, false, false]);
    expect(output.stdout).toBe(`${workspace}\n`);
  });

  it('sees nothing in a file that is hidden', async () => {
    const output = await isolated(
      sh(`cat '${process.cwd()}/LICENSE'; head -c 20 '${process.cwd()}/package.json'`),
    );
    expect(output.stdout.split('\n')[0]).toBe('{');
  });

  it('sees its own environment and processes only', async () => {
    const output = await isolated({
      ...sh('echo "$A"; ls -d /proc/[0-9]* | wc -l; cat /proc/1/environ; cat /proc/1/cmdline'),
      environment: { A: 'spaces and = signs' },
    });
    const [first, count, rest] = output.stdout.split('\n');
    expect(first).toBe('spaces and = signs');
    expect(Number(count)).toBeLessThan(8);
    expect(rest).not.toContain('spaces');
  });

  it('passes on exit codes, signals, stdin and commands that do not exist', async () => {
    expect((await isolated({ run: ['cat'], stdin: 'in' })).stdout).toBe('in');
    await expect(isolated(sh('exit 7'))).rejects.toMatchObject({
      code: 'command-failed',
      details: { exitCode: 7 },
    });
    await expect(isolated(sh('kill -9 $$'))).rejects.toMatchObject({
      code: 'command-killed',
      details: { signal: 'SIGKILL' },
    });
    await expect(isolated({ run: ['no-such-command'] })).rejects.toMatchObject({ code: 'command-not-found' });
  });

  it('lets a program end in its own way, and ends what stays', async () => {
    const stop = new AbortController();
    const work = isolated(
      js(
        'process.on("SIGTERM", () => { console.log("bye"); process.exit(0) }); console.log("up"); require("child_process").spawn("sleep", ["600"], { detached: true, stdio: "ignore" }).unref(); setInterval(() => 0, 1e6)',
      ),
      stop.signal,
    );
    await waitFor(() => logged('stdout').includes('up'));
    stop.abort();
    await expect(work).rejects.toMatchObject({ code: 'canceled' });
    expect(logged('stdout')).toContain('bye');
  });
});

it('demands bubblewrap where it is demanded', async () => {
  await expect(
    run(sh('true'), {
      isolation: { mode: 'bubblewrap', hidden: [], readable: [] },
      path: '/nonexistent:/nowhere',
    }),
  ).rejects.toMatchObject({ code: 'command-not-found' });
  await expect(
    run(
      { run: [NODE, '-v'] },
      { isolation: { mode: 'bubblewrap', hidden: [], readable: [] }, path: '/nonexistent' },
    ),
  ).rejects.toMatchObject({ code: 'isolation-unavailable', fault: 'operational' });
  expect(
    (
      await run(
        { run: [NODE, '-v'] },
        { isolation: { mode: 'auto', hidden: [], readable: [] }, path: '/nonexistent' },
      )
    ).exitCode,
  ).toBe(0);
});
