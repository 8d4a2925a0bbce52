import { describe, expect, it } from '@jest/globals';
import { parseMoment } from './moment.js';

describe('parseMoment', () => {
  it.each([
    ['2030-01-31T08:00:00Z', Date.UTC(2030, 0, 31, 8)],
    ['2030-01-31t08:00:00.250z', Date.UTC(2030, 0, 31, 8, 0, 0, 250)],
    ['2030-01-31T09:00:00+01:00', Date.UTC(2030, 0, 31, 8)],
    ['2028-02-29T00:00:00-00:30', Date.UTC(2028, 1, 29, 0, 30)],
  ])('reads %s', (text, ms) => {
    expect(parseMoment(text)).toBe(ms);
  });

  it.each([
    '',
    '2030-01-31',
    '2030-01-31T08:00:00',
    '2030-02-30T08:00:00Z',
    '2030-13-01T08:00:00Z',
    '2030-00-10T00:00:00Z',
    '2030-01-31T24:00:00Z',
    '2030-01-31T08:60:00Z',
    '2030-01-31T08:00:60Z',
    '2030-01-31T08:00:00+24:00',
    'tomorrow',
    '2030-01-31T08:00:00Z and more',
  ])('refuses %j', (text) => {
    expect(parseMoment(text)).toBeUndefined();
  });
});
