const KEY = 'growing-pause';
const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;

interface Pause {
  readonly ms: number;
  /** When it was asked for. */
  readonly at: number;
}

/**
 * Milliseconds to wait for a platform that says that a limit is reached, and not for how long: twice as long as the last
 * time, and from the first again when there was peace in between.
 * @param memory of the integration
 */
export function nextPause(memory: Map<string, unknown>, now: number): number {
  const last = memory.get(KEY) as Pause | undefined;
  const goesOn = last !== undefined && now - last.at < last.ms * 3;
  const ms = goesOn ? Math.min(last.ms * 2, LONGEST_MS) : FIRST_MS;
  memory.set(KEY, { ms, at: now } satisfies Pause);
  return ms;
}
