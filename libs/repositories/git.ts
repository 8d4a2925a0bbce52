import { execFile } from 'node:child_process';

/** What git printed, or that it failed. */
export interface GitResult {
  readonly ok: boolean;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const MAX_OUTPUT = 512 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/** Nothing that a repository's configuration names is run, and nothing is fetched. */
const GUARDED = [
  ...['-c', 'core.fsmonitor=false'],
  ...['-c', 'core.hooksPath=/dev/null'],
  ...['-c', 'core.untrackedCache=false'],
  ...['-c', 'core.quotePath=false'],
  ...['-c', 'protocol.allow=never'],
  ...['-c', 'diff.external='],
  '--no-pager',
];

/** Runs git in a folder; only reads. Never throws: where there is no git, it has failed. */
export function runGit(folder: string, args: readonly string[], input?: string): Promise<GitResult> {
  return new Promise((resolve) => {
    const child = execFile(
      'git',
      [...GUARDED, ...args],
      {
        cwd: folder,
        encoding: 'buffer',
        maxBuffer: MAX_OUTPUT,
        timeout: TIMEOUT_MS,
        env: {
          PATH: process.env['PATH'],
          HOME: process.env['HOME'],
          LC_ALL: 'C',
          GIT_OPTIONAL_LOCKS: '0',
          GIT_TERMINAL_PROMPT: '0',
          GIT_NO_LAZY_FETCH: '1',
        },
      },
      (error, stdout, stderr) => resolve({ ok: error === null, stdout, stderr: stderr.toString() }),
    );
    // It may have ended before it read all; its exit code says so.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

/** What git prints, without the line's end; undefined where it failed or printed nothing. */
export async function askGit(folder: string, ...args: readonly string[]): Promise<string | undefined> {
  const { ok, stdout } = await runGit(folder, args);
  const text = stdout.toString().replace(/\n$/, '');
  return ok && text !== '' ? text : undefined;
}

/** Texts that each end with NUL. */
export function splitNul(bytes: Buffer): string[] {
  const texts = bytes.toString().split('\0');
  texts.pop();
  return texts;
}
