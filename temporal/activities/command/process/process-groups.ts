import { readdirSync, readFileSync } from 'node:fs';

/** One process as /proc shows it (proc(5)). */
interface ProcessFacts {
  readonly pid: number;
  readonly group: number;
  /** Clock ticks between boot and its start. */
  readonly startTime: number;
}

/** Undefined where the process has ended, or /proc does not exist. */
export function readProcess(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, group: Number(fields[2]), startTime: Number(fields[19]) };
  } catch {
    return undefined;
  }
}

/** Living members of a process group; undefined where there is no /proc to tell. */
export function listGroup(group: number): readonly ProcessFacts[] | undefined {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return undefined;
  }
  return names
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter((facts) => facts?.group === group)
    .filter((facts) => facts !== undefined);
}

/** Sends a signal to a whole group; false when nobody was left to get it. */
export function signalGroup(group: number, signal: NodeJS.Signals): boolean {
  return send(-group, signal);
}

/** Whether a member still runs; one that has ended and waits to be reaped does not count. */
export function isGroupAlive(group: number): boolean {
  return send(-group, 0) && (listGroup(group)?.length ?? 1) > 0;
}

/** Asks every member but the group's leader to end. */
export function terminateMembers(group: number): void {
  for (const { pid } of listGroup(group) ?? []) if (pid !== group) send(pid, 'SIGTERM');
}

function send(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(target, signal);
    return true;
  } catch {
    return false;
  }
}
