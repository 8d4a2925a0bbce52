import { setTimeout as delay } from 'node:timers/promises';
import { isSluiceError } from '#domain/errors.js';

const TRIES = 3;
const DELAY_MS = 500;

/** What leaves open whether it was done: no answer came, or none came from Temporal to the server. */
const OPEN: readonly string[] = ['server-unreachable', 'temporal-unavailable'];

/** Asks again where it is open whether it was done. Only for what carries an idempotency key, or changes nothing. */
export async function askAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === TRIES || !isSluiceError(error) || !OPEN.includes(error.code)) {
        throw error;
      }
      await delay(attempt * DELAY_MS);
    }
  }
}
