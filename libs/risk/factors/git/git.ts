import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { SluiceError } from '#domain/errors.js';
import { createGuardedEnvironment, GUARDED_GIT } from '../../../host/guarded-git.js';
import { createHistoryUnreadable, createTooMuch, createTooSlow, toGitError } from './git-errors.js';

/** Asks one repository; only reads. */
export interface Git {
  /**
   * What git prints, as it comes. Throws SluiceError `git-not-found`, `repository-not-trusted`, `repository-not-found`,
   * `history-unreadable`, `history-too-large`, `history-too-slow`.
   */
  stream(args: readonly string[], input?: string): AsyncGenerator<Buffer, void, void>;
  /** All that git prints, as text of one byte per character. Throws as `stream` does. */
  ask(args: readonly string[], input?: string): Promise<string>;
}

export interface GitPlace {
  /** Where git is started. */
  readonly folder: string;
  /** Its own directory, where it is known: else git looks for it. */
  readonly directory?: string;
  /** File of the index, where it is not that of the directory. */
  readonly index?: string;
}

export interface GitLimits {
  /** Bytes that one call may print. */
  readonly bytes: number;
  readonly timeMs: number;
  /** Ends what runs; the call fails with its reason. */
  readonly signal?: AbortSignal;
}

export const GIT_LIMITS: GitLimits = { bytes: 1024 * 1024 * 1024, timeMs: 120_000 };
const STDERR_KEPT = 4_000;

/** @param settings names and values of configuration, before the repository's own */
export function openGit(
  place: GitPlace,
  settings: readonly string[] = [],
  limits: GitLimits = GIT_LIMITS,
): Git {
  const before = settings.flatMap((setting) => ['-c', setting]);
  const run = (args: readonly string[], input: string | undefined) =>
    runGit(place, [...before, ...args], input, limits);
  return {
    stream: run,
    async ask(args, input) {
      let text = '';
      for await (const bytes of run(args, input)) text += bytes.toString('latin1');
      return text;
    },
  };
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

async function* runGit(
  { folder, directory, index }: GitPlace,
  args: readonly string[],
  input: string | undefined,
  limits: GitLimits,
): AsyncGenerator<Buffer, void, void> {
  const child: Child = spawn('git', [...GUARDED_GIT, ...args], {
    cwd: folder,
    env: {
      ...createGuardedEnvironment(),
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_ATTR_NOSYSTEM: '1',
      // Nothing is checked out there: what lies in the folder of somebody's work changes no answer.
      ...(directory !== undefined && { GIT_DIR: directory, GIT_WORK_TREE: directory }),
      ...(index !== undefined && { GIT_INDEX_FILE: index }),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  limits.signal?.throwIfAborted();
  let slow = false;
  const stop = () => void child.kill('SIGKILL');
  limits.signal?.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(() => {
    slow = true;
    child.kill('SIGKILL');
  }, limits.timeMs);
  const ended = waitForEnd(child);
  const said = keepStart(child.stderr);
  // It may have ended before it read all; its exit code says so.
  child.stdin.on('error', () => undefined).end(input ?? '', 'latin1');
  let printed = 0;
  try {
    for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
      printed += bytes.length;
      if (printed > limits.bytes) throw createTooMuch(limits.bytes);
      yield bytes;
    }
    const { code, error } = await ended;
    limits.signal?.throwIfAborted();
    if (slow) throw createTooSlow(limits.timeMs);
    if (error !== undefined) throw toGitError(error, folder);
    if (code !== 0) throw createHistoryUnreadable(said(), folder);
  } catch (error) {
    throw slow && !(error instanceof SluiceError) ? createTooSlow(limits.timeMs) : error;
  } finally {
    clearTimeout(timer);
    limits.signal?.removeEventListener('abort', stop);
    child.kill('SIGKILL');
  }
}

interface End {
  readonly code: number | null;
  readonly error?: NodeJS.ErrnoException;
}

function waitForEnd(child: Child): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve({ code: null, error }));
    child.once('close', (code) => resolve({ code }));
  });
}

function keepStart(stream: Readable): () => string {
  let text = '';
  stream.on('data', (bytes: Buffer) => {
    if (text.length < STDERR_KEPT) text += bytes.toString('utf8').slice(0, STDERR_KEPT - text.length);
  });
  return () => text;
}
