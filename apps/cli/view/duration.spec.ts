import { describe, expect, it } from '@jest/globals';
import { formatDuration, formatSpan } from './duration.js';

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [-5, '0ms'],
    [Number.NaN, '0ms'],
    [999, '999ms'],
    [1000, '1.0s'],
    [59_999, '59.9s'],
    [60_000, '1m00s'],
    [185_000, '3m05s'],
    [3_600_000, '1h00m'],
    [7_620_000, '2h07m'],
    [86_400_000, '1d00h'],
    [352_800_000, '4d02h'],
  ])('says %d ms as %s', (ms, expected) => {
    expect(formatDuration(ms)).toBe(expected);
  });
});

describe('formatSpan', () => {
  const start = '2026-11-21T12:00:00.000Z';
  it.each([
    [undefined, undefined, ''],
    [start, '2026-11-21T12:00:02.500Z', '2.5s'],
    [start, undefined, '10.0s'],
  ])('from %s to %s is %j', (startedAt, endedAt, expected) => {
    expect(formatSpan(startedAt, endedAt, Date.parse(start) + 10_000)).toBe(expected);
  });
});
