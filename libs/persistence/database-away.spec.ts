import { describe, expect, it } from '@jest/globals';
import { isDatabaseAway } from './database-away.js';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('isDatabaseAway', () => {
  it.each([
    ['refused', withCode('ECONNREFUSED'), true],
    ['refused on both families', new AggregateError([withCode('ECONNREFUSED')]), true],
    ['shutting down, wrapped', Object.assign(new Error('x'), { driverError: withCode('57P01') }), true],
    ['too many connections', withCode('53300'), true],
    ['cut', new Error('Connection terminated unexpectedly'), true],
    [
      'cut between two queries of a transaction',
      new Error('Database connection provided by a query runner was already released, cannot continue.'),
      true,
    ],
    [
      'cut in the middle of a transaction',
      new Error('Query runner already released. Cannot run queries anymore.'),
      true,
    ],
    ['a syntax error', withCode('42601'), false],
    ['a broken constraint', Object.assign(new Error('x'), { driverError: withCode('23505') }), false],
    ['a bug', new TypeError('x is not a function'), false],
    ['no error', 'ECONNREFUSED', false],
  ])('%s', (_, error, expected) => {
    expect(isDatabaseAway(error)).toBe(expected);
  });
});
