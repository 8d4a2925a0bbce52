import {
  ActivityCancelledError,
  ActivityNotFoundError,
  type AsyncCompletionClient,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { ANSWERED_ELSEWHERE } from '#contracts/names.js';
import type { AttemptGateway } from '#contracts/temporal-port.js';

/** Asynchronous completion of activities. */
export function createAttemptGateway(client: AsyncCompletionClient): AttemptGateway {
  return {
    async beat(taskToken) {
      try {
        await client.heartbeat(taskToken);
        return 'waiting';
      } catch (error) {
        if (error instanceof ActivityCancelledError) return 'cancel-requested';
        if (error instanceof ActivityNotFoundError) return 'gone';
        throw error;
      }
    },
    takeUp: (taskToken, attempt) =>
      unlessGone(
        client.fail(
          taskToken,
          ApplicationFailure.create({
            message: 'The answer has come; a worker takes it up.',
            type: ANSWERED_ELSEWHERE,
            nonRetryable: true,
            details: [attempt],
          }),
        ),
      ),
    reportCanceled: (taskToken) => unlessGone(client.reportCancellation(taskToken)),
  };
}

async function unlessGone(told: Promise<void>): Promise<'done' | 'gone'> {
  try {
    await told;
    return 'done';
  } catch (error) {
    if (error instanceof ActivityNotFoundError) return 'gone';
    throw error;
  }
}
