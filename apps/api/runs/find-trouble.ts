import type { RunTrouble } from '#contracts/rest/runs.js';
import type { RunDescription } from '#contracts/temporal-port.js';

/** A worker that is killed, or a deployment, makes for one or two. */
const ATTEMPTS = 4;
/** Longer than any worker that is well takes. */
const UNTAKEN_MS = 60_000;
const LONGEST = 1_000;

/** What is in the way of a run that Temporal has for running; undefined when nothing is, or when it only waits. */
export function findTrouble({ pending }: RunDescription, now: number): RunTrouble | undefined {
  if (pending === undefined) return undefined;
  const since = new Date(pending.since).toISOString();
  const { attempt, failure, taken } = pending;
  if (attempt >= ATTEMPTS) {
    const message = failure ?? `Workers were lost over it ${attempt - 1} times.`;
    return { code: 'task-failing', message: message.slice(0, LONGEST), since };
  }
  if (taken || now - pending.since < UNTAKEN_MS) return undefined;
  return { code: 'not-taken', message: 'No worker has taken up what is to be done next.', since };
}
