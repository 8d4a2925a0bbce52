import { setTimeout as sleep } from 'node:timers/promises';
import { createCanceledFailure } from '#contracts/catalogue/action-failure.js';

/** Throws SluiceError `canceled` where the signal ends it. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw createCanceledFailure('The request', signal);
}
