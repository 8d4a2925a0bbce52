import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Batch, BatchResult, Ready } from './serve.js';

export interface ProgramCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
}

/** The program of a peer, which drives its product (serve.ts). */
export interface PeerProgram {
  readonly pid: number;
  readonly versions: Readonly<Record<string, string>>;
  /** Throws what the program says is wrong, or when it ends or is silent for too long. */
  run(batch: Batch): Promise<BatchResult>;
  stop(): Promise<void>;
}

const READY_MS = 120_000;
/** For the runs that are under way when a batch may begin no more. */
const LAST_RUNS_MS = 180_000;
const STOP_MS = 20_000;
const KEPT_CHARACTERS = 2_000;

export async function startPeerProgram(
  { command, args, cwd, env, logFile }: ProgramCommand,
  onSpawn: (pid: number) => void,
): Promise<PeerProgram> {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { cwd, env, stdio: ['pipe', log, log, 'pipe'] });
  closeSync(log);
  const exited = once(child, 'exit');
  // Whoever waits for an answer hears of it.
  exited.catch(() => undefined);
  await once(child, 'spawn');
  const pid = child.pid as number;
  onSpawn(pid);
  const input = child.stdin as NonNullable<typeof child.stdin>;
  input.on('error', () => undefined);
  const lines = createInterface({ input: child.stdio[3] as Readable })[Symbol.asyncIterator]();
  const hear = async <T extends Answer>(limitMs: number): Promise<T> => {
    const timer = new AbortController();
    const late = sleep(limitMs, undefined, { signal: timer.signal }).then(() => {
      throw new Error(`it did not answer in ${Math.round(limitMs / 1000)} s`);
    });
    const line = await Promise.race([lines.next(), late]).finally(() => timer.abort());
    if (line.done)
      throw new Error(`its program ended: ${readFileSync(logFile, 'utf8').slice(-KEPT_CHARACTERS)}`);
    const answer = JSON.parse(line.value) as Answer;
    if ('error' in answer) throw new Error(answer.error);
    return answer as T;
  };
  const { versions } = await hear<Ready>(READY_MS);
  return {
    pid,
    versions,
    run(batch) {
      input.write(`${JSON.stringify(batch)}\n`);
      return hear<BatchResult>(batch.limitMs + LAST_RUNS_MS);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      input.end();
      await exited.finally(() => clearTimeout(timer));
    },
  };
}
