import { describe, expect, it } from '@jest/globals';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import { SluiceError } from '#domain/errors.js';
import { toApplicationFailure } from './application-failure.js';
import { describeFailure } from './attempt-failure.js';

const mask = (text: string) => text.replaceAll('hunter2', '***');

describe('what an action threw, as the run knows it', () => {
  it('keeps code, class and facts, and takes secrets out of every text', () => {
    const thrown = createActionFailure({
      code: 'command-failed',
      fault: 'user',
      class: 'code',
      retryable: true,
      message: 'Exit code 1: hunter2',
      hint: 'Look for hunter2.',
      facts: { exitCode: 1, stderr: 'no hunter2' },
    });
    expect(describeFailure(thrown, mask)).toEqual({
      error: {
        class: 'code',
        code: 'command-failed',
        message: 'Exit code 1: ***',
        hint: 'Look for ***.',
        details: { exitCode: 1, stderr: 'no ***' },
      },
      retryable: true,
    });
  });

  it.each([
    ['user', false],
    ['operational', true],
    ['bug', true],
  ] as const)('retries by fault (%s) where nothing is said', (fault, retryable) => {
    expect(describeFailure(new SluiceError({ code: 'c', fault, message: 'm' }), mask).retryable).toBe(
      retryable,
    );
  });

  it('takes an unknown error for a crash of the action', () => {
    expect(describeFailure(new TypeError('hunter2 is not a function'), mask)).toEqual({
      error: { class: 'unknown', code: 'action-crashed', message: 'TypeError: *** is not a function' },
      retryable: true,
    });
  });

  it('reaches the interpreter as type, details and pause', () => {
    const error = { class: 'rate-limit', code: 'http-status', message: 'Too many.' } as const;
    const failure = toApplicationFailure({ error, retryable: true, retryAfterMs: 3_000 }, 2);
    expect(failure).toMatchObject({
      type: 'http-status',
      nonRetryable: false,
      details: [error, 2],
      nextRetryDelay: 3_000,
    });
  });
});
