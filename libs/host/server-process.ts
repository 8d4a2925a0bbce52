import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { identifyProcess, stopProcess } from './process.js';

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Both streams are appended to it. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** User to run as; only root may name one. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Told the number at once, before the server is ready. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
}

/** A server that runs beside us, in a session of its own: a terminal's Ctrl-C does not reach it. */
export interface ServerProcess {
  readonly pid: number;
  /** Resolves when it ends, with how; never rejects. */
  readonly exited: Promise<string>;
  /** Whether `exited` has resolved. */
  hasExited(): boolean;
  stop(how: { readonly signal: NodeJS.Signals; readonly graceMs: number }): Promise<void>;
}

/** Starts a server process. Rejects when the program cannot be executed. */
export async function startServerProcess(server: ServerCommand): Promise<ServerProcess> {
  const log = openSync(server.logFile, 'a');
  const child = spawn(server.command, server.args, {
    detached: true,
    stdio: ['ignore', log, log],
    ...(server.cwd === undefined ? {} : { cwd: server.cwd }),
    ...(server.env === undefined ? {} : { env: server.env }),
    ...(server.user === undefined ? {} : { uid: server.user.uid, gid: server.user.gid }),
  });
  closeSync(log);
  let over = false;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      over = true;
      resolve(signal ?? `exit code ${code}`);
    });
  });
  const { pid } = child;
  if (pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error];
    throw error;
  }
  server.onSpawn?.(pid);
  const identity = identifyProcess(pid);
  return {
    pid,
    exited,
    hasExited: () => over,
    async stop(how) {
      if (identity === undefined || over) return;
      await stopProcess(identity, how);
      await exited;
    },
  };
}
