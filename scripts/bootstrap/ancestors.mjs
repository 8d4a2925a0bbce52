import { existsSync, readFileSync } from 'node:fs';

const WATCH_MS = 1_000;

/**
 * npm runs us through a shell: when one of the two is killed, this process is asked to stop, by a SIGTERM to itself.
 * A program started by hand outlives its shell, as any other.
 */
export function stopWithAncestors() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const before = ancestors();
  const watch = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, WATCH_MS);
  watch.unref();
}

function ancestors() {
  const stat = `/proc/${process.ppid}/stat`;
  if (!existsSync(stat)) return String(process.ppid);
  try {
    const grandparent = readFileSync(stat, 'utf8').split(') ').at(-1)?.split(' ')[1];
    return `${process.ppid} ${grandparent}`;
  } catch {
    return String(process.ppid);
  }
}
