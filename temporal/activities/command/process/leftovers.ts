import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listGroup, readProcess, signalGroup } from './process-groups.js';

/** Remembers on disk which process groups run, for a worker that comes after a killed one. */
export interface ProcessRegister {
  add(group: number): void;
  remove(group: number): void;
}

interface Entry {
  readonly group: number;
  /** Of the group's leader, in clock ticks after boot. */
  readonly startTime: number;
  /** Tells one boot of the machine, and one container, from another. */
  readonly boot: string;
}

/** Keeps one small file per running group in `<folder>/processes`; `folder` belongs to one worker. */
export function createProcessRegister(folder: string): ProcessRegister {
  const entries = join(folder, 'processes');
  return {
    add(group) {
      const leader = readProcess(group);
      if (!leader) return;
      const entry: Entry = { group, startTime: leader.startTime, boot: readBoot() };
      mkdirSync(entries, { recursive: true });
      writeFileSync(join(entries, `${group}.json`), JSON.stringify(entry));
    },
    remove: (group) => rmSync(join(entries, `${group}.json`), { force: true }),
  };
}

/**
 * Kills the process groups that a killed worker left running, and answers with how many. A group whose number now
 * belongs to something else is left alone. Only where there is /proc; elsewhere nothing is ever registered.
 */
export function killLeftovers(folder: string): number {
  const entries = join(folder, 'processes');
  let killed = 0;
  for (const name of listFiles(entries)) {
    const entry = readEntry(join(entries, name));
    if (entry && isSameGroup(entry) && signalGroup(entry.group, 'SIGKILL')) killed += 1;
    rmSync(join(entries, name), { force: true });
  }
  return killed;
}

/** The leader as it was registered; or, where it has ended, members that are not older than it. */
function isSameGroup(entry: Entry): boolean {
  if (entry.boot !== readBoot()) return false;
  const leader = readProcess(entry.group);
  if (leader) return leader.group === entry.group && leader.startTime === entry.startTime;
  const members = listGroup(entry.group) ?? [];
  return members.length > 0 && members.every((member) => member.startTime >= entry.startTime);
}

/** Process numbers mean something only within one boot and one PID namespace. */
function readBoot(): string {
  const init = readProcess(1)?.startTime ?? 0;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${init}`;
}

function readEntry(path: string): Entry | undefined {
  try {
    const entry = JSON.parse(readFileSync(path, 'utf8')) as Partial<Entry> | null;
    const { group, startTime, boot } = entry ?? {};
    if (!Number.isSafeInteger(group) || Number(group) < 2 || typeof boot !== 'string') return undefined;
    return { group: Number(group), startTime: Number(startTime), boot };
  } catch {
    return undefined;
  }
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}
