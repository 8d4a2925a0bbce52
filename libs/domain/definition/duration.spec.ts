import { describe, expect, it } from '@jest/globals';
import { parseDuration } from './duration.js';

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['366d', 366 * 86_400_000],
    ['P1D', 86_400_000],
    ['P2W', 14 * 86_400_000],
    ['PT1H30M', 5_400_000],
    ['P1DT12H', 129_600_000],
    ['PT0.5S', 500],
    ['PT1,25S', 1_250],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '10',
    's',
    '-5s',
    '1.5h',
    '1h30m',
    '10 s',
    '10S',
    '367d',
    '99999999999999999999s',
    'P',
    'PT',
    'P1DT',
    'P1Y',
    'P1M',
    'P1W2D',
    'PT1H30',
    'pt1h',
    '1d\n',
    '٣s',
    '0x10s',
    '${{ inputs.x }}',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
