import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from '#contracts/ports.js';
import { createLineSink, type LineMasking, LineReader } from '../../line-reader.js';
import type { Sandbox } from './isolation.js';
import type { ProcessRegister } from './leftovers.js';
import { OutputTail } from './output-tail.js';
import { isGroupAlive, signalGroup, terminateMembers } from './process-groups.js';

interface ProcessRequest {
  /** The program's absolute path, what it sees as its own name, and its arguments. */
  readonly program: string;
  readonly argv: readonly string[];
  readonly directory: string;
  /** All that it sees. */
  readonly environment: Readonly<Record<string, string>>;
  readonly sandbox?: Sandbox;
  readonly stdin?: string;
  /** Bytes of each stream kept: its end. */
  readonly keep: { readonly stdout: number; readonly stderr: number };
  /** Bytes of both streams handed to `log`. */
  readonly logLimit: number;
  readonly log: (stream: LogLine['stream'], line: string) => void;
  readonly masking?: LineMasking;
  readonly signal: AbortSignal;
  readonly register: ProcessRegister;
}

export interface ProcessResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  readonly durationMs: number;
  /** The request's signal stopped it. */
  readonly stopped: boolean;
}

/** Between asking a group to end and killing it. */
const GRACE_MS = 5000;
/** For output on its way when the program has ended, and when its group has. */
const DRAIN_MS = { program: 500, group: 2000 } as const;

/**
 * Runs one program in a process group of its own and ends only when nothing of the group is left. Its output is
 * drained however much it is. Throws what spawn throws (ENOENT, EACCES, E2BIG …).
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  const startedAt = performance.now();
  const child = start(request);
  const group = await waitForStart(child);
  request.register.add(group);
  const sink = createLineSink(request.log, request.logLimit);
  const lines = {
    stdout: new LineReader('stdout', sink, request.masking),
    stderr: new LineReader('stderr', sink, request.masking),
  };
  const stdout = collect(child.stdout, lines.stdout, request.keep.stdout);
  const stderr = collect(child.stderr, lines.stderr, request.keep.stderr);
  const stop = (): void => void stopGroup(group, request.sandbox !== undefined);
  try {
    writeInputs(child, request);
    if (request.signal.aborted) stop();
    else request.signal.addEventListener('abort', stop, { once: true });
    const { exitCode, signal } = await waitForExit(child);
    await endGroup(child, group);
    lines.stdout.end();
    lines.stderr.end();
    const out = stdout.read();
    const err = stderr.read();
    return {
      exitCode,
      signal,
      stdout: out.text,
      stderr: err.text,
      truncated: out.truncated || err.truncated,
      durationMs: Math.round(performance.now() - startedAt),
      stopped: request.signal.aborted,
    };
  } finally {
    request.signal.removeEventListener('abort', stop);
    request.register.remove(group);
  }
}

function start(request: ProcessRequest): ChildProcess {
  const { sandbox } = request;
  const [program = '', ...rest] = sandbox ? sandbox.argv : [request.program, ...request.argv.slice(1)];
  return spawn(program, rest, {
    argv0: sandbox ? program : (request.argv[0] ?? program),
    cwd: sandbox ? '/' : request.directory,
    env: sandbox ? {} : { ...request.environment },
    detached: true,
    stdio: [
      request.stdin === undefined ? 'ignore' : 'pipe',
      'pipe',
      'pipe',
      ...(sandbox ? ['pipe' as const] : []),
    ],
  });
}

function waitForStart(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      child.off('error', reject);
      child.on('error', () => undefined);
      resolve(child.pid ?? 0);
    });
  });
}

/** A program that does not read its input, or ends before, is no failure of ours. */
function writeInputs(child: ChildProcess, request: ProcessRequest): void {
  const options = child.stdio[3] as Writable | null | undefined;
  for (const [stream, text] of [
    [child.stdin, request.stdin],
    [options, request.sandbox?.options],
  ] as const) {
    stream?.on('error', () => undefined).end(text);
  }
}

function collect(stream: Readable | null, lines: LineReader, keep: number): OutputTail {
  const tail = new OutputTail(keep);
  stream?.on('error', () => undefined);
  stream?.on('data', (chunk: Buffer) => {
    tail.push(chunk);
    lines.push(chunk);
  });
  return tail;
}

function waitForExit(
  child: ChildProcess,
): Promise<{ readonly exitCode: number | null; readonly signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    const settle = (): void => resolve({ exitCode: child.exitCode, signal: child.signalCode });
    if (child.exitCode !== null || child.signalCode !== null) settle();
    else child.once('exit', settle);
  });
}

/** Ends what the program left in the background, and the pipes that something outside the group may hold. */
async function endGroup(child: ChildProcess, group: number): Promise<void> {
  const closed = waitForClose(child);
  await Promise.race([closed, sleep(DRAIN_MS.program, undefined, { ref: false })]);
  if (isGroupAlive(group)) await stopGroup(group, false);
  await Promise.race([closed, sleep(DRAIN_MS.group, undefined, { ref: false })]);
  for (const stream of child.stdio) stream?.destroy();
  await closed;
}

function waitForClose(child: ChildProcess): Promise<void> {
  const streams = child.stdio.filter((stream) => stream !== null && stream !== undefined);
  return Promise.all(
    streams.map((stream) =>
      stream.closed ? undefined : new Promise((resolve) => stream.once('close', resolve)),
    ),
  ).then(() => undefined);
}

/**
 * TERM to all, KILL to those who are left after the grace. In a sandbox the leader is the sandbox itself: ending it
 * would kill the command without grace.
 */
async function stopGroup(group: number, isSandbox: boolean): Promise<void> {
  if (isSandbox) terminateMembers(group);
  else signalGroup(group, 'SIGTERM');
  const deadline = performance.now() + GRACE_MS;
  while (performance.now() < deadline) {
    await sleep(25);
    if (!isGroupAlive(group)) return;
  }
  signalGroup(group, 'SIGKILL');
}
