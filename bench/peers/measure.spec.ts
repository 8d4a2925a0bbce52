import { expect, it } from '@jest/globals';
import { rateOf, withinLimit } from './measure.js';

it('counts runs a second from the first start to the last result', () => {
  expect(rateOf({ latencies: [100, 400, 100], ms: 500 })).toBe(6);
});

it.each([
  ['all where they end in time', 20, 1_000],
  ['fewer where they do not', 2.55, 153],
  ['one at least', 0.001, 1],
])('runs at once %s', (_, rate, expected) => {
  expect(withinLimit({ job: 'ten-steps', runs: 1_000, atOnce: 1_000, limitMs: 60_000 }, rate)).toBe(expected);
});
