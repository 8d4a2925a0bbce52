import { describe, expect, it } from '@jest/globals';
import { FAILURE_CLASSES } from '../execution/step-error.js';
import { Diagnostician } from './classify.js';
import { computePause, describeStrategy, readPause, STOP, STRATEGIES, type Strategy } from './strategy.js';

describe('strategies', () => {
  it.each(FAILURE_CLASSES.map((each) => [each] as const))('%s has one that can be told', (failureClass) => {
    expect(describeStrategy(STRATEGIES[failureClass])).toMatch(/\w/);
  });

  it.each([
    [
      { kind: 'retry', attempts: 3, delayMs: 500, factor: 1, maxDelayMs: 500, jitter: 0 },
      'retry, 3 attempts in all, after 0.5s',
    ],
    [
      { kind: 'wait', attempts: 2, delayMs: 120_000, factor: 1, maxDelayMs: 120_000, jitter: 0 },
      'wait 2m for the limit, 2 attempts in all',
    ],
    [{ kind: 'ask' }, 'ask a person'],
    [{ kind: 'roll-back' }, 'roll back'],
    [{ kind: 'stop' }, 'stop: another attempt ends the same way'],
  ])('%j is told in words', (strategy, words) => {
    expect(describeStrategy({ ...STOP, ...strategy } as Strategy)).toBe(words);
  });

  it('grow their pauses up to the longest, and leave a share to chance', () => {
    const strategy = STRATEGIES.transient;
    expect([2, 3, 4, 5].map((next) => computePause(strategy, next, 1))).toEqual([
      2_000,
      4_000,
      8_000,
      undefined,
    ]);
    expect(computePause(strategy, 2, 0)).toBe(1_000);
    expect(computePause(STOP, 2, 0)).toBeUndefined();
  });

  it('never come back before a limit lets go', () => {
    expect(computePause(STRATEGIES['rate-limit'], 2, 0)).toBe(60_000);
    expect(computePause(STRATEGIES['rate-limit'], 2, 1)).toBe(72_000);
  });

  it.each([
    ['Retry-After: 120', 120_000],
    ['"retry-after": "7"', 7_000],
    ['please try again in 30s', 30_000],
    ['limit resets in 5m', 300_000],
    ['try again in 999999 h', 3_600_000],
    ['nothing of the kind', undefined],
  ])('%j asks for a pause of %p ms', (line, pause) => {
    expect(readPause(line)).toBe(pause);
  });

  it('take over the pause that the log names', () => {
    const log = 'HTTP 429 Too Many Requests\nRetry-After: 45\n';
    expect(new Diagnostician().classify({ log }).strategy).toMatchObject({
      kind: 'wait',
      delayMs: 45_000,
      named: true,
    });
  });
});
