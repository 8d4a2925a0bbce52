import { describe, expect, it } from '@jest/globals';
import { detectFormat } from './detect-format.js';
import { parseTap } from './parse-tap.js';

const numbers = (text: string) => {
  const { total, passed, failed, skipped, errors } = parseTap(text).totals;
  return [total, passed, failed, skipped, errors];
};

const NODE = `TAP version 13
# Subtest: outer
    # Subtest: passes
    ok 1 - passes
      ---
      duration_ms: 1.5
      type: 'test'
      ...
    # Subtest: middle
        # Subtest: fails
        not ok 1 - fails
          ---
          duration_ms: 2.25
          failureType: 'testCodeFailure'
          error: |-
            Expected values to be strictly equal:

            1 !== 2

          code: 'ERR_ASSERTION'
          stack: |-
            ok 7 - not a test
          ...
        1..1
    not ok 2 - middle
      ---
      duration_ms: 3
      error: '1 subtest failed'
      ...
    1..2
not ok 1 - outer
  ---
  duration_ms: 5
  ...
# Subtest: alone
ok 2 - alone # SKIP not here
1..2
# tests 4
`;

describe('parseTap', () => {
  it.each([
    ['a plan first', '1..2\nok 1 - a\nnot ok 2 - b', [2, 1, 1, 0, 0]],
    ['a plan last', 'TAP version 14\r\nok\r\nok\r\n1..2\r\n', [2, 2, 0, 0, 0]],
    [
      'SKIP and TODO',
      '1..4\nok 1 # skip no net\nnot ok 2 - b # TODO later\nok 3 - c # TODO done\nnot ok 4 # SKIP',
      [4, 1, 0, 3, 0],
    ],
    ['an escaped #', '1..1\nnot ok 1 - issue \\# skip', [1, 0, 1, 0, 0]],
    ['too few tests', '1..5\nok 1\nok 2', [3, 2, 0, 0, 1]],
    ['too many tests', '1..1\nok 1\nok 2', [3, 2, 0, 0, 1]],
    ['no plan', 'ok 1 - a', [2, 1, 0, 0, 1]],
    ['all skipped', '1..0 # SKIP no database', [0, 0, 0, 0, 0]],
    ['Bail out!', '1..3\nok 1\nBail out! disk full\nok 2', [2, 1, 0, 0, 1]],
    ['Bail out! in a subtest', '1..2\n    1..3\n    ok 1\n    Bail out!', [2, 1, 0, 0, 1]],
    [
      'subtests, Perl style',
      '1..2\nok 1 - first\n    # Subtest: in\n    1..2\n    ok 1 - x\n    not ok 2 - y\nnot ok 2 - in',
      [3, 2, 1, 0, 0],
    ],
    ['a subtest that fails with none inside', '1..1\n    1..1\n    ok 1 - x\nnot ok 1 - in', [2, 1, 1, 0, 0]],
    ['an empty subtest', '1..1\n    1..0\nok 1 - in # SKIP', [1, 0, 0, 1, 0]],
    ['a subtest to do', '1..1\n    1..1\n    not ok 1 - x\nnot ok 1 - in # TODO', [1, 0, 0, 1, 0]],
    ['a subtest with another plan', '1..1\n    1..3\n    ok 1 - x\nnot ok 1 - in', [2, 1, 0, 0, 1]],
    ['two subtests', '    ok 1\n    1..1\nok 1 - a\n    ok 1\n    1..1\nok 2 - b\n1..2', [2, 2, 0, 0, 0]],
    ['words between', 'hello\n1..1\n# note\n  not ok in prose\nok 1\nokay\n', [1, 1, 0, 0, 0]],
    ['a diagnostic without end', '1..2\nok 1\n  ---\n  a: 1\nok 2', [2, 2, 0, 0, 0]],
    ['the output of node:test', NODE, [3, 1, 1, 1, 0]],
  ])('reads %s', (_, text, expected) => {
    expect(numbers(text)).toEqual(expected);
  });

  it('names tests by their subtests, with reason and duration', () => {
    expect(parseTap(NODE).cases).toEqual([
      { suite: 'outer', name: 'passes', status: 'passed', durationMs: 1.5 },
      {
        suite: 'outer > middle',
        name: 'fails',
        status: 'failed',
        durationMs: 2.25,
        message: 'Expected values to be strictly equal:\n\n1 !== 2',
      },
      { suite: '', name: 'alone', status: 'skipped', durationMs: 0, message: 'not here' },
    ]);
  });

  it('reads a message of one line', () => {
    const text = '1..1\nnot ok 1 - a\n  ---\n  message: "it broke"\n  severity: fail\n  ...\n';
    expect(parseTap(text).cases[0]?.message).toBe('it broke');
  });

  it.each([
    ['nothing', ''],
    ['prose', 'all is well\nand okay'],
    ['endless nesting', Array.from({ length: 100 }, (_, depth) => `${' '.repeat(depth * 4)}ok`).join('\n')],
  ])('refuses %s', (_, text) => {
    expect(() => parseTap(text)).toThrow(expect.objectContaining({ code: 'report-invalid' }));
  });

  it('reads a large hostile text in one pass', () => {
    expect(numbers(`1..1\nok 1\n${'  ---\n'.repeat(500_000)}`)).toEqual([1, 1, 0, 0, 0]);
  });
});

describe('detectFormat', () => {
  it.each([
    ['\ufeff<?xml version="1.0"?><testsuite/>', 'junit'],
    ['  \n<testsuites/>', 'junit'],
    ['{"results":{}}', 'ctrf'],
    ['TAP version 13\n', 'tap'],
    ['# note\nok 1 - a', 'tap'],
    ['1..0', 'tap'],
    ['', undefined],
    ['hello okay', undefined],
    ['[1]', undefined],
  ])('tells %j', (text, format) => {
    expect(detectFormat(text)).toBe(format);
  });
});
