import { execFile } from 'node:child_process';
import { createGuardedEnvironment, GUARDED_GIT } from '../host/guarded-git.js';

/** What git printed, or that it failed. */
export interface GitResult {
  readonly ok: boolean;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const MAX_OUTPUT = 512 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/** Runs git in a folder; only reads. Never throws: where there is no git, it has failed. */
export function runGit(folder: string, args: readonly string[], input?: string): Promise<GitResult> {
  return new Promise((resolve) => {
    const child = execFile(
      'git',
      [...GUARDED_GIT, ...args],
      {
        cwd: folder,
        encoding: 'buffer',
        maxBuffer: MAX_OUTPUT,
        timeout: TIMEOUT_MS,
        env: createGuardedEnvironment(),
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
