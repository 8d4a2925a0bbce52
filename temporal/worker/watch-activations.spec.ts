import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { BehaviorSubject } from 'rxjs';
import { STUCK_AFTER_MS, watchActivations } from './watch-activations.js';

let underWay: BehaviorSubject<number>;
let stuck: jest.Mock<() => void>;
let end: () => void;

beforeEach(() => {
  jest.useFakeTimers();
  underWay = new BehaviorSubject(0);
  stuck = jest.fn<() => void>();
  end = watchActivations({ numInFlightActivations$: underWay }, stuck);
});
afterEach(() => {
  end();
  jest.useRealTimers();
});

it('tells once that nothing ends', () => {
  underWay.next(1);
  jest.advanceTimersByTime(STUCK_AFTER_MS - 1);
  expect(stuck).not.toHaveBeenCalled();
  jest.advanceTimersByTime(1);
  jest.advanceTimersByTime(10 * STUCK_AFTER_MS);
  expect(stuck).toHaveBeenCalledTimes(1);
  expect(underWay.observed).toBe(false);
});

it('is not deceived by what begins', () => {
  for (let count = 1; count <= 100; count++) {
    underWay.next(count);
    jest.advanceTimersByTime(STUCK_AFTER_MS / 50);
  }
  expect(stuck).toHaveBeenCalledTimes(1);
});

it('is content where activations end, however many are under way', () => {
  underWay.next(100);
  for (let turn = 0; turn < 100; turn++) {
    jest.advanceTimersByTime(STUCK_AFTER_MS / 2);
    underWay.next(99);
    underWay.next(100);
  }
  expect(stuck).not.toHaveBeenCalled();
});

it('is content with nothing to do, and counts anew when there is', () => {
  jest.advanceTimersByTime(10 * STUCK_AFTER_MS);
  underWay.next(1);
  jest.advanceTimersByTime(STUCK_AFTER_MS - 1);
  underWay.next(0);
  jest.advanceTimersByTime(STUCK_AFTER_MS);
  expect(stuck).not.toHaveBeenCalled();
});

it('ends when it is told to', () => {
  underWay.next(1);
  end();
  jest.advanceTimersByTime(2 * STUCK_AFTER_MS);
  expect(stuck).not.toHaveBeenCalled();
});
