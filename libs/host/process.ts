import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in words of the operating system; unique per boot. */
  readonly started: string;
}

const POLL_MS = 25;

/** The identity of a living process; undefined when none has this number (a zombie counts as dead). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? readLinuxStart(pid) : readOtherStart(pid);
  return started === undefined ? undefined : { pid, started };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.started === identity.started;
}

/**
 * Signals a process, waits up to `graceMs` for its end, then kills it with its whole process group; SIGKILL goes to the
 * group at once.
 * Resolves when it is gone; does nothing to another process that has its number by now.
 */
export async function stopProcess(
  identity: ProcessIdentity,
  { signal, graceMs }: { readonly signal: NodeJS.Signals; readonly graceMs: number },
): Promise<void> {
  if (!isRunning(identity)) return;
  if (signal === 'SIGKILL') sendSignal(-identity.pid, signal);
  sendSignal(identity.pid, signal);
  if (await waitForEnd(identity, graceMs)) return;
  sendSignal(-identity.pid, 'SIGKILL');
  sendSignal(identity.pid, 'SIGKILL');
  await waitForEnd(identity, 5_000);
}

/** Resolves with true once the process is gone, with false when it still runs after `timeoutMs`. */
export async function waitForEnd(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  for (let waited = 0; isRunning(identity); waited += POLL_MS) {
    if (waited >= timeoutMs) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** Which processes belong to us although nobody told their numbers. */
export interface Belonging {
  /** `NAME=value`, which their environment holds. */
  readonly mark?: string;
  /** Absolute folders that only our processes work in; one with a terminal is a person's, and left alone. */
  readonly folders: readonly string[];
}

/**
 * Processes of the machine with our mark, or working in our folders; this process is none of them.
 * Only Linux lets us look; elsewhere the answer is empty.
 */
export function findBelonging({ mark, folders }: Belonging): ProcessIdentity[] {
  if (process.platform !== 'linux') return [];
  const found: ProcessIdentity[] = [];
  const ours = folders.filter((folder) => existsSync(folder)).map((folder) => realpathSync(folder));
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    if (!(mark !== undefined && hasMark(pid, mark)) && !worksIn(pid, ours)) continue;
    const identity = identifyProcess(pid);
    if (identity !== undefined) found.push(identity);
  }
  return found;
}

/** What a process calls itself, for a message; its number where that cannot be read. */
export function describeProcess(pid: number): string {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    return `${pid} ${words.join(' ').slice(0, 160)}`;
  } catch {
    return String(pid);
  }
}

function hasMark(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(mark);
  } catch {
    return false;
  }
}

function worksIn(pid: number, folders: readonly string[]): boolean {
  try {
    const folder = readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '');
    if (!folders.some((ours) => folder === ours || folder.startsWith(ours + sep))) return false;
    return readStatFields(pid)?.[TERMINAL] === '0';
  } catch {
    return false;
  }
}

/** Places in /proc/PID/stat after the name (proc(5) counts from the number, which is 1). */
const STATE = 0;
const TERMINAL = 4;
const START_TICKS = 19;

function readStatFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function readLinuxStart(pid: number): string | undefined {
  const fields = readStatFields(pid);
  const ticks = fields?.[START_TICKS];
  if (fields?.[STATE] === 'Z' || fields?.[STATE] === 'X' || ticks === undefined) return undefined;
  return `${readBootId()}-${ticks}`;
}

let bootId: string | undefined;

function readBootId(): string {
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return bootId;
}

function readOtherStart(pid: number): string | undefined {
  try {
    const answer = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return answer === '' || answer.startsWith('Z') ? undefined : answer.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone, or no group of this number
  }
}
