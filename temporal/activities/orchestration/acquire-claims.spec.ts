import { describe, expect, it } from '@jest/globals';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import type { ClaimsAnswer, ClaimsStore } from '#contracts/ports.js';
import type { ClaimsRequest } from '#contracts/run.js';
import { createAcquireClaims } from './acquire-claims.js';

const REQUEST: ClaimsRequest = {
  run: '01890000-0000-7000-8000-000000000000',
  project: 'default',
  step: 'deploy',
  claims: { locks: ['production'], resources: { pool: 'runners', amounts: { slots: 1 } }, priority: 3 },
};

/** A store that gives these answers in turn, the last one for ever. */
function storeOf(...answers: Awaited<ReturnType<ClaimsStore['review']>>[]) {
  const next = () => answers[Math.min(store.asked + store.reviewed, answers.length) - 1]!;
  const store: ClaimsStore & { asked: number; reviewed: number } = {
    asked: 0,
    reviewed: 0,
    acquire: async () => {
      store.asked += 1;
      return next() as ClaimsAnswer;
    },
    review: async () => {
      store.reviewed += 1;
      return next();
    },
    release: async () => undefined,
  };
  return store;
}

function within<T>(work: () => T, stop = new AbortController()): T {
  const context = { heartbeat: () => undefined, cancellationSignal: stop.signal };
  return asyncLocalStorage.run(context as unknown as Context, work);
}

const TIME = { ms: 40, pauseMs: 10 };

describe('acquireClaims', () => {
  it('ends when all is granted', async () => {
    const store = storeOf('granted');
    await within(() => createAcquireClaims(store)(REQUEST));
    expect(store.asked).toBe(1);
  });

  it('hears within the same attempt when its turn comes soon', async () => {
    const store = storeOf('waiting', 'waiting', 'granted');
    await within(() => createAcquireClaims(store, TIME)(REQUEST));
    expect(store).toMatchObject({ asked: 1, reviewed: 2 });
  });

  it.each<[ClaimsAnswer, string, string, boolean]>([
    ['waiting', 'claims-busy', 'resource', false],
    ['pool-unknown', 'pool-unknown', 'configuration', true],
    ['pool-too-small', 'pool-too-small', 'resource', true],
    ['run-ended', 'claims-run-ended', 'canceled', true],
  ])('fails where the answer stays %s', async (answer, code, failureClass, final) => {
    await expect(within(() => createAcquireClaims(storeOf(answer), TIME)(REQUEST))).rejects.toMatchObject({
      type: code,
      nonRetryable: final,
      details: [{ code, class: failureClass }, 1],
    });
  });

  it('watches ten at a time, so that the others hold no place of a worker', async () => {
    const store = storeOf('waiting');
    const acquire = createAcquireClaims(store, TIME);
    const attempts = Array.from({ length: 30 }, () => within(() => acquire(REQUEST)).catch(() => undefined));
    await Promise.all(attempts);
    expect(store).toMatchObject({ asked: 30, reviewed: 10 * (TIME.ms / TIME.pauseMs) });
    await expect(within(() => acquire(REQUEST))).rejects.toMatchObject({ type: 'claims-busy' });
    expect(store).toMatchObject({ asked: 31, reviewed: 44 });
  });

  it('does not ask anew for what was given back meanwhile', async () => {
    const store = storeOf('waiting', 'waiting', 'gone');
    await expect(within(() => createAcquireClaims(store, TIME)(REQUEST))).rejects.toMatchObject({
      type: 'claims-busy',
      nonRetryable: false,
    });
    expect(store).toMatchObject({ asked: 1, reviewed: 2 });
  });

  it('stops once its step is canceled', async () => {
    const store = storeOf('waiting');
    const stop = new AbortController();
    const attempt = within(() => createAcquireClaims(store, { ms: 60_000, pauseMs: 60_000 })(REQUEST), stop);
    stop.abort();
    await expect(attempt).rejects.toMatchObject({ type: 'claims-busy' });
    expect(store.asked).toBe(1);
  });

  it.each(['', 'a\0b', 'x'.repeat(201), 'line\nbreak'])(
    'refuses the lock %j, and asks for nothing',
    async (lock) => {
      const store = storeOf('granted');
      const request = { ...REQUEST, claims: { ...REQUEST.claims, locks: ['fine', lock] } };
      await expect(within(() => createAcquireClaims(store)(request))).rejects.toMatchObject({
        type: 'lock-name-invalid',
        nonRetryable: true,
      });
      expect(store.asked).toBe(0);
    },
  );

  it('can be tried again where the store is away', async () => {
    const store = { ...storeOf('granted'), acquire: () => Promise.reject(new Error('connection refused')) };
    await expect(within(() => createAcquireClaims(store)(REQUEST))).rejects.toMatchObject({
      nonRetryable: false,
    });
  });
});
