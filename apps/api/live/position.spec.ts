import { describe, expect, it } from '@jest/globals';
import { advance, BEGINNING, formatPosition, isNews, isPast, parsePosition } from './position.js';

describe('parsePosition', () => {
  it.each(['0_', '17_', '17_3.0', '0_3.41', '999999999999999999_999999999999999999.999999999'])(
    'reads %s as it was written',
    (id) => {
      expect(formatPosition(parsePosition(id))).toBe(id);
    },
  );

  it.each([
    undefined,
    '',
    'x',
    '1',
    '_',
    '_3.0',
    '1_3',
    '1_.0',
    '-1_',
    '1_-1.0',
    '1_3.0\n',
    '1_3.0\r\nevent: end',
    '\u20281_3.0',
    "1'; DROP TABLE runs",
    '9'.repeat(40),
    '1_'.repeat(100_000),
    '１_',
  ])('takes %j for the beginning', (id) => {
    expect(parsePosition(id)).toEqual(BEGINNING);
  });
});

describe('isPast', () => {
  it.each([
    ['5_3.1', '5_3.1', true],
    ['5_3.1', '4_2.9', true],
    ['5_3.1', '0_', true],
    ['5_3.1', '6_3.1', false],
    ['5_3.1', '5_3.2', false],
    ['5_3.1', '5_4.0', false],
    ['5_3.1', '6_', false],
    ['5_', '4_1.0', false],
    ['10_', '9_', true],
  ])('%s is past %s: %s', (position, other, past) => {
    expect(isPast(parsePosition(position), parsePosition(other))).toBe(past);
  });
});

it('a mark is news until a reader has come to it', () => {
  let position = parsePosition('5_3.1');
  const line = { chunk: 4n, line: 0 };
  expect([isNews(line, position), isNews({ change: 5n }, position)]).toEqual([true, false]);
  position = advance(position, line);
  expect([isNews(line, position), formatPosition(position)]).toEqual([false, '5_4.0']);
});
