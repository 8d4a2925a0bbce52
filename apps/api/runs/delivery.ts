import { setTimeout as sleep } from 'node:timers/promises';

export interface Pauses {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The pause after so many attempts: doubled by each, up to the longest; half of it is chance, so that they do not come back together. */
export function computePause(attempts: number, { firstMs, longestMs }: Pauses): number {
  const whole = Math.min(firstMs * 2 ** Math.min(attempts, 20), longestMs);
  return Math.round(whole / 2 + (Math.random() * whole) / 2);
}

/** What the work comes to, or a failure when that takes longer. The work itself goes on. */
export async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  const done = new AbortController();
  const late = sleep(ms, undefined, { signal: done.signal }).then((): never => {
    throw new Error(`no answer within ${ms} ms`);
  });
  late.catch(() => undefined);
  return Promise.race([work, late]).finally(() => done.abort());
}
