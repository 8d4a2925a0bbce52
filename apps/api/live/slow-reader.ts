import { ReaderSlowError } from './stream-ends.js';

/** Until `taken`; returns early when `signal` aborts. Throws ReaderSlowError after `ms`. */
export async function waitForReader(taken: Promise<void>, signal: AbortSignal, ms: number): Promise<void> {
  if (signal.aborted) return;
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new ReaderSlowError()), ms);
  const stop = () => resolve();
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([taken, over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
