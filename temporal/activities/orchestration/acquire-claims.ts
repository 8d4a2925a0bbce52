import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { ClaimsStore } from '#contracts/ports.js';
import type { ClaimsRequest } from '#contracts/run.js';
import { reportFailure } from './report-failure.js';

/** While a few wait, they hear within a moment that it is their turn; what waits beside them is asked again later. */
const WATCHED_AT_ONCE = 10;
const WATCH: WatchTime = { ms: 2_000, pauseMs: 200 };

interface WatchTime {
  readonly ms: number;
  readonly pauseMs: number;
}

type Answer = Awaited<ReturnType<ClaimsStore['review']>>;

const LOCK_NAME = /^\P{Cc}{1,200}$/u;

/** Ends when all that the step claims is granted; fails with `claims-busy`, to be tried again, when that takes longer. */
export function createAcquireClaims(store: ClaimsStore, { ms, pauseMs }: WatchTime = WATCH) {
  let watched = 0;
  const watch = async (request: ClaimsRequest): Promise<Answer> => {
    const { heartbeat, cancellationSignal: signal } = Context.current();
    watched += 1;
    try {
      for (let waited = 0; waited < ms; waited += pauseMs) {
        await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) break;
        heartbeat();
        // It asks for nothing anew: the step may have been canceled, and its claim given back, unheard.
        const answer = await store.review(request);
        if (answer !== 'waiting') return answer;
      }
      return 'waiting';
    } finally {
      watched -= 1;
    }
  };
  return (request: ClaimsRequest): Promise<void> =>
    reportFailure(async () => {
      checkLocks(request);
      const answer = await store.acquire(request);
      const late = answer === 'waiting' && watched < WATCHED_AT_ONCE ? await watch(request) : answer;
      if (late !== 'granted') throw refusalOf(late, request);
    });
}

function checkLocks({ claims }: ClaimsRequest): void {
  const wrong = claims.locks.find((name) => !LOCK_NAME.test(name));
  if (wrong === undefined) return;
  throw createActionFailure({
    code: 'lock-name-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${JSON.stringify(wrong).slice(0, 100)} cannot be the name of a lock.`,
    hint: 'Use 1 to 200 characters without control characters; see what its template yields.',
  });
}

function refusalOf(answer: Exclude<Answer, 'granted'>, { claims }: ClaimsRequest): Error {
  const pool = claims.resources?.pool ?? '';
  switch (answer) {
    case 'waiting':
    case 'gone':
      return createActionFailure({
        code: 'claims-busy',
        fault: 'operational',
        class: 'resource',
        retryable: true,
        message: 'Other steps hold the locks or resources.',
      });
    case 'pool-unknown':
      return createActionFailure({
        code: 'pool-unknown',
        fault: 'user',
        class: 'configuration',
        retryable: false,
        message: `There is no resource pool "${pool}".`,
        hint: 'Set it up with PUT /api/v1/pools/{name}, or name one that exists.',
      });
    case 'pool-too-small':
      return createActionFailure({
        code: 'pool-too-small',
        fault: 'user',
        class: 'resource',
        retryable: false,
        message: `The resource pool "${pool}" never has as much as the step asks for.`,
        hint: 'Ask for less, or give the pool more capacity.',
      });
    case 'run-ended':
      return createActionFailure({
        code: 'claims-run-ended',
        fault: 'operational',
        class: 'canceled',
        retryable: false,
        message: 'The run has ended: it can hold nothing any more.',
      });
  }
}
