import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../json.js';
import { analyse } from '../../analyse.js';
import { evaluate } from '../../evaluate.js';

const TEXT = `${'a'.repeat(50)}!`;

function run(source: string, input: Json = TEXT, budget?: { left: number }) {
  return evaluate(
    { dialect: 'jq', source },
    {
      lookup: (name) => (name === '.' ? input : name === '$x' ? { y: 1 } : undefined),
      step: () => undefined,
      ...(budget === undefined ? {} : { budget }),
    },
  );
}

describe('jq that would not end, or costs too much', () => {
  it.each([
    'def f: f; f',
    'def f: 1 + f; f',
    'def f(x): f(x | x); f(1)',
    'def f: ., f; [f]',
    '[range(1e18)]',
    '[range(0; 1; 0)]',
    '[limit(1e9; repeat(1))]',
    '"x" * 1e9',
    '"a" * 1000000 | . * 1000',
    'until(false; .)',
    '[., .] | until(length > 1e9; . + .)',
    '{} | until(false; .a = .)',
    '[recurse(.)]',
    '[0 | recurse(. + 1)]',
    'last(range(1e9))',
    'reduce range(1e9) as $x (0; . + 1)',
    '[foreach range(1e9) as $x (0; . + 1)]',
    '[range(100000)] | map([range(1000)])',
    '[[range(3000)] | combinations(9)]',
    'reduce range(100000) as $i (""; . + "xxxxxxxxxxxxxxxxxxxxxxxxx")',
    '[limit(1e7; repeat("x"))] | join(",")',
    '[while(true; .)]',
    'try (def f: f; f) catch 1',
    '(def f: f; f)? // 1',
    'label $out | def f: f; f',
    '[range(3000)] | . - .',
    '. as [$a] ?// $a | def f: f; f',
    'first(def f: f; f)',
    'null | any(repeat(false); .)',
    '"\\(range(1e9))" | empty',
    '{(range(1e9) | tostring): 1} | empty',
    '[limit(200000; repeat("ab"))] | add',
    'reduce range(2000) as $i ([]; [.]) | tojson',
  ])('%s', (source) => {
    expect(run(source)).toMatchObject({ ok: false, code: 'expression-too-costly' });
  });

  it.each([
    ['test("(a+)+$")', false],
    ['test("(a|aa)+$")', false],
    ['[match("a*"; "g")] | length', 3],
    ['[range(20000)] | map(select(. % 2 == 0)) | add', 99990000],
    ['[range(50000)] | length', 50000],
  ])('%s comes to an end', (source, value) => {
    expect(run(source)).toEqual({ ok: true, value });
  });

  it('takes the same from the budget each time, whatever was evaluated before', () => {
    const cost = () => {
      const budget = { left: 10_000 };
      run('[range(100)] | map(. * 2 | tostring | test("1+")) | length', null, budget);
      return 10_000 - budget.left;
    };
    expect(cost()).toBeGreaterThan(0);
    expect(cost()).toBe(cost());
  });

  it('keeps to what is left for all expressions of a step', () => {
    expect(run('[range(1000)] | length', null, { left: 100 })).toMatchObject({
      code: 'expression-too-costly',
    });
  });
});

describe('jq that is not the same at every replay, or reaches out', () => {
  it.each([
    'now',
    'env',
    '$ENV',
    '$ENV.PATH',
    'input',
    'inputs',
    'input_filename',
    'localtime',
    'halt',
    'halt_error',
    'import "a" as $a; .',
    'include "a"; .',
    '$__prog_args',
    'modulemeta',
    'get_search_list',
    '@nope',
    'break $x',
  ])('%s is refused', (source) => {
    const analysis = analyse({ dialect: 'jq', source });
    const evaluation = run(source);
    expect([analysis.ok && analysis.references.names.length === 0, evaluation.ok]).toEqual([false, false]);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'prototype'])(
    '%s is a key like any other',
    (key) => {
      expect(run(`.["${key}"]`, {})).toEqual({ ok: true, value: null });
      expect(run(`has("${key}")`, {})).toEqual({ ok: true, value: false });
      expect(run(`{"${key}": 1} | keys`, {})).toEqual({ ok: true, value: [key] });
      expect(run(`.["${key}"] = 1 | to_entries`, {})).toEqual({ ok: true, value: [{ key, value: 1 }] });
      expect(run(`[.["${key}"]?, getpath(["${key}"])?]`, [1])).toEqual({ ok: true, value: [] });
      expect(run(key, {}).ok).toBe(false);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it('keeps what one program defines from all others', () => {
    expect(run('def length: 42; length')).toEqual({ ok: true, value: 42 });
    expect(run('[1] | length')).toEqual({ ok: true, value: 1 });
  });

  it.each([
    '',
    ' ',
    '.a.',
    '{',
    '}',
    '"',
    '"\\(',
    '[1',
    '1 +',
    'if',
    'if . then',
    '.[',
    '..a',
    'reduce',
    'def',
    'def f',
    '$',
    '@',
    '|',
    '. as',
    '\u0000',
    '"\\x"',
    'a'.repeat(5000),
    '('.repeat(2000),
    `${'['.repeat(1000)}${']'.repeat(1000)}`,
    `${'"\\('.repeat(500)}`,
    '-'.repeat(3000),
    `1${'+1'.repeat(2000)}`,
    `.${'|.'.repeat(2000)}`,
    `.${'//.'.repeat(1300)}`,
    `.${'?'.repeat(4000)}`,
    `.a${'[0]'.repeat(1300)}`,
    'try '.repeat(1000),
    'if 1 then '.repeat(400),
  ])('never throws: %.20s', (source) => {
    const result = run(source);
    expect(typeof result.ok).toBe('boolean');
    expect(analyse({ dialect: 'jq', source })).toHaveProperty('ok');
  });

  it('tells names that it takes from outside, and where it is wrong', () => {
    expect(analyse({ dialect: 'jq', source: '$x.y + $z | . as $a | $a + $b' })).toMatchObject({
      references: { names: ['$x', '$z', '$b'] },
    });
    expect(analyse({ dialect: 'jq', source: '.a | | .b' })).toMatchObject({ ok: false, offset: 5 });
    expect(run('$x.y')).toEqual({ ok: true, value: 1 });
  });
});
