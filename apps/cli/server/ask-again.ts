import { setTimeout as delay } from 'node:timers/promises';
import { isSluiceError } from '#domain/errors.js';

const TRIES = 3;
const DELAY_MS = 500;

/** Asks again when the connection breaks before the answer. Only for what carries an idempotency key, or changes nothing. */
export async function askAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === TRIES || !isSluiceError(error) || error.code !== 'server-unreachable') {
        throw error;
      }
      await delay(attempt * DELAY_MS);
    }
  }
}
