import { readdirSync, readFileSync } from 'node:fs';

/** A process as the kernel counts it. */
export interface ProcessUse {
  readonly parent: number;
  /** Ticks of the kernel's clock that it worked, and that those worked that it started and that have ended. */
  readonly ticks: number;
}

/** USER_HZ is 100 wherever Linux runs. */
const TICKS_A_SECOND = 100;
/** Places in /proc/PID/stat after the name (proc(5) counts from the number, which is 1). */
const PARENT = 1;
const USER_TICKS = 11;
const LAST_TICKS = 14;

/** These processes, and all that they started and those did. */
export function treeOf(roots: readonly number[], processes: ReadonlyMap<number, ProcessUse>): Set<number> {
  const children = Map.groupBy(processes.keys(), (pid) => processes.get(pid)!.parent);
  const tree = new Set<number>();
  const add = (pid: number): void => {
    if (tree.has(pid) || !processes.has(pid)) return;
    tree.add(pid);
    children.get(pid)?.forEach(add);
  };
  roots.forEach(add);
  return tree;
}

/** Seconds that processors have worked for them so far, those that have ended included. Linux only; elsewhere 0. */
export function readProcessorSeconds(roots: readonly number[]): number {
  const processes = readProcesses();
  const ticks = [...treeOf(roots, processes)].map((pid) => processes.get(pid)!.ticks);
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_A_SECOND;
}

/** MiB that they hold now; of what several share, each its part. Linux only; elsewhere 0. */
export function readMemory(roots: readonly number[]): number {
  return [...treeOf(roots, readProcesses())].map(readShare).reduce((sum, each) => sum + each, 0) / 1024;
}

function readShare(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

function readProcesses(): Map<number, ProcessUse> {
  if (process.platform !== 'linux') return new Map();
  const found = new Map<number, ProcessUse>();
  for (const name of readdirSync('/proc')) {
    const use = /^\d+$/.test(name) ? parseStat(read(`/proc/${name}/stat`)) : undefined;
    if (use !== undefined) found.set(Number(name), use);
  }
  return found;
}

/** What /proc/PID/stat says; undefined where it says nothing. The name, in brackets, may hold anything. */
export function parseStat(stat: string): ProcessUse | undefined {
  if (stat === '') return undefined;
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = fields.slice(USER_TICKS, LAST_TICKS + 1).reduce((sum, each) => sum + each, 0);
  return { parent: fields[PARENT]!, ticks };
}

/** Empty where the process is gone, or another's. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
