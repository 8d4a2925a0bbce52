import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { SluiceError } from '#domain/errors.js';
import { readLinesFrom, sizeOf } from '../../libs/host/log-file.js';
import { identifyProcess, type ProcessIdentity, stopProcess } from '../../libs/host/process.js';
import { findLastWords } from './last-words.js';
import type { Running } from './supervise.js';

export interface AppCommand {
  readonly name: string;
  /** Compiled program. */
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly onSpawn: (pid: number) => void;
}

const READY_MS = 60_000;
const STOP_MS = 20_000;

/** A smaller nursery for objects: on a person's own machine memory counts for more than the last percent of speed. */
const MEMORY = ['--max-semi-space-size=2'];

/**
 * Starts one of our own programs beside us, in a session of its own so that a terminal's Ctrl-C reaches only us.
 * It says `{ "type": "ready" }` over its IPC channel, and ends when that channel closes.
 * Throws `app-not-ready` with its last words.
 */
export async function startApp(app: AppCommand): Promise<Running> {
  const before = sizeOf(app.logFile);
  const log = openSync(app.logFile, 'a');
  const child = spawn(process.execPath, [...MEMORY, app.program], {
    detached: true,
    env: app.env,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const pid = child.pid;
  if (pid !== undefined) app.onSpawn(pid);
  const identity: ProcessIdentity | undefined = pid === undefined ? undefined : identifyProcess(pid);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  const ready = new Promise<'ready'>((resolve) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready') {
        resolve('ready');
      }
    });
  });
  const stop = async () => {
    if (identity !== undefined) await stopProcess(identity, { signal: 'SIGTERM', graceMs: STOP_MS });
    await exited;
  };
  const late = new Promise<string>((resolve) => {
    setTimeout(() => resolve(`not ready in ${READY_MS / 1000} s`), READY_MS).unref();
  });
  const answer = await Promise.race([ready, exited, late]);
  if (answer === 'ready') return { pid, exited, stop };
  await stop();
  throw new SluiceError({
    code: 'app-not-ready',
    fault: 'operational',
    message: `The ${app.name} did not start (${answer}):\n${findLastWords(readLinesFrom(app.logFile, before))}`,
    hint: `All of its log: ${app.logFile}`,
  });
}
