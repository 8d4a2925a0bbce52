import type { RetryDefinition } from '../../definition/definition.js';
import type { JsonObject } from '../../json.js';

/** As a list of steps has it, whose pauses stay the same where nothing is said. */
export function writeRetry({ attempts, delay, factor, maxDelay }: RetryDefinition): JsonObject {
  return {
    maxAttempts: attempts,
    ...(delay === undefined ? {} : { delay }),
    ...(factor === undefined
      ? delay === undefined && maxDelay === undefined
        ? {}
        : { strategy: 'exponential' }
      : { multiplier: factor }),
    ...(maxDelay === undefined ? {} : { maxDelay }),
  };
}
