import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Belonging, identifyProcess, type ProcessIdentity } from '../../libs/host/process.js';
import { findProjectRoot } from '../../libs/host/project-root.js';

/** A process to stop when we are gone. */
export interface ReaperCharge {
  readonly identity: ProcessIdentity;
  readonly signal: NodeJS.Signals;
  /** How long it may take to end before it is killed. */
  readonly graceMs: number;
  /** Smaller ones are stopped first. */
  readonly order: number;
}

export type ReaperOrder =
  | ({
      readonly type: 'task';
      /** Folders to remove at the end; of a link, the folder that it leads to. */
      readonly remove: readonly string[];
      /** How long a process that belongs, but was never reported, may take to end. */
      readonly strayGraceMs: number;
      /** Processes to leave alone although they belong. */
      readonly spare: readonly ProcessIdentity[];
    } & Belonging)
  | { readonly type: 'watch'; readonly charge: ReaperCharge }
  | { readonly type: 'hurry' };

export interface Reaper {
  readonly identity: ProcessIdentity;
  watch(pid: number, charge: Omit<ReaperCharge, 'identity'>): void;
  /** Nobody waits for an orderly end any more: all is to be killed. */
  hurry(): void;
  /** Lets it do its work now; resolves when all is done. */
  finish(): Promise<void>;
}

/** Starts the process that cleans up behind this one, however this one ends. */
export async function openReaper(task: {
  readonly belonging: Belonging;
  readonly strayGraceMs: number;
  readonly remove?: readonly string[];
}): Promise<Reaper> {
  const child = spawn(process.execPath, [join(findProjectRoot(), 'dist/apps/local/reaper.js')], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const exited = once(child, 'exit');
  await once(child, 'spawn');
  const identity = identifyProcess(child.pid as number) as ProcessIdentity;
  child.stdin.on('error', () => {});
  const send = (order: ReaperOrder) => child.stdin.write(`${JSON.stringify(order)}\n`);
  const self = identifyProcess(process.pid) as ProcessIdentity;
  const { belonging, strayGraceMs, remove = [] } = task;
  send({ type: 'task', ...belonging, strayGraceMs, remove, spare: [self] });
  return {
    identity,
    watch(pid, charge) {
      const found = identifyProcess(pid);
      if (found !== undefined) send({ type: 'watch', charge: { identity: found, ...charge } });
    },
    hurry: () => void send({ type: 'hurry' }),
    async finish() {
      child.stdin.end();
      await exited;
    },
  };
}
