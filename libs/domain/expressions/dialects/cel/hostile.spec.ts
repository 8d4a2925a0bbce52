import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../../json.js';
import { cel } from './language.js';

const ROOTS: Readonly<Record<string, Json>> = {
  inputs: JSON.parse('{"name": "x", "list": [1], "o": {}, "__proto__": {"mine": true}}'),
};

/** A careless scope, which finds what lies on prototypes too. */
const evaluate = (source: string) =>
  cel.evaluate(source, {
    lookup: (name) => (name === 'inputs' ? ROOTS['inputs'] : undefined),
    step: () => ({}),
  });

describe('ways out of an expression', () => {
  it.each([
    'this.constructor.constructor("return process")()',
    'constructor.constructor("return process")',
    'inputs.constructor',
    'inputs.constructor.constructor("return process")()',
    'inputs["constructor"]["constructor"]',
    'inputs.name.constructor',
    'inputs.name.length',
    'inputs.list.length',
    'inputs.list.constructor',
    'inputs.o.toString',
    'inputs.o.hasOwnProperty("a")',
    'inputs.o.__proto__',
    'inputs["o"]["__proto__"]["polluted"]',
    '{}.__proto__',
    '{}.constructor',
    '[].__proto__',
    'steps.constructor.constructor',
    'steps["__proto__"].polluted',
    'type(1).constructor',
    'type(1).name',
    'timestamp(0).seconds.constructor',
    'timestamp(0).constructor',
    'process.env',
    'globalThis',
    'require("fs")',
    'import("fs")',
    'eval("1")',
    'Function("return 1")()',
    '`${process.exit()}`',
    '() => 1',
    'new Date()',
    'x = 1',
    '__proto__',
    'toString()',
    '@result',
    '@failed',
    '@list()',
    '@append([], 1)',
    'inputs.list.map(__proto__, __proto__.constructor)',
    'google.protobuf.Any{type_url: "x"}',
  ])('%s', (source) => {
    expect(evaluate(source)).toMatchObject({ ok: false, code: 'expression-failed' });
  });

  it('leaves no mark on prototypes', () => {
    expect(evaluate('{"__proto__": {"polluted": true}, "constructor": 1}')).toEqual({
      ok: true,
      value: JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'),
    });
    expect({}).not.toHaveProperty('polluted');
  });

  it('sees own members of any name', () => {
    expect(evaluate('inputs.__proto__.mine')).toEqual({ ok: true, value: true });
    expect(evaluate('has(inputs.__proto__) && !has(inputs.constructor) && !has(inputs.o.__proto__)')).toEqual(
      {
        ok: true,
        value: true,
      },
    );
    expect(evaluate('[1].map(__proto__, __proto__ + 1)')).toEqual({ ok: true, value: [2] });
  });
});

describe('patterns', () => {
  it.each([
    ['(x+x+)+y', 'x'.repeat(5000)],
    ['(a*)*b', 'a'.repeat(5000)],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(5000)],
    ['(.*)(.*)(.*)(.*)(.*)!', 'a'.repeat(3000)],
  ])('%s takes linear time', (pattern, text) => {
    const result = cel.evaluate('text.matches(pattern)', {
      lookup: (name) => (name === 'text' ? text : pattern),
      step: () => undefined,
    });
    expect(result).toEqual({ ok: true, value: false });
  });

  it.each(['a{100000}', '(?=a)', '(a)\\1', 'x'.repeat(1001), '('.repeat(900)])('%s is refused', (pattern) => {
    const result = cel.evaluate('"a".matches(pattern)', { lookup: () => pattern, step: () => undefined });
    expect(result).toMatchObject({ ok: false, code: 'expression-failed' });
  });
});
