import type { ObjectStore } from '#contracts/ports.js';

const SWEEP_MS = 3_600_000;

/** Removes the large values of runs that ended long enough ago, now and every hour, until stopped. */
export function keepObjects(
  store: ObjectStore,
  retentionMs: number,
  warn: (message: string) => void,
): () => void {
  const sweep = (): void => {
    store
      .removeOld(retentionMs)
      .catch((error: unknown) => warn(`objects: ${error instanceof Error ? error.message : String(error)}`));
  };
  sweep();
  const timer = setInterval(sweep, SWEEP_MS);
  return () => clearInterval(timer);
}
