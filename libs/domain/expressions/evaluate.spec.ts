import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json, JsonObject } from '../json.js';
import { type Evaluation, evaluate, evaluateTemplate, type Scope } from './evaluate.js';
import { parseTemplate } from './template.js';

const SUCCEEDED = { status: 'succeeded', error: null, attempts: 1 };

function createScope(roots: JsonObject = {}, needs?: Scope['needs']): Scope {
  const steps: JsonObject = {
    build: { ...SUCCEEDED, output: { n: 3, none: null } },
    'roll-out': { ...SUCCEEDED, output: [1, 2] },
  };
  return {
    lookup: (name) => (Object.hasOwn(roots, name) ? roots[name] : undefined),
    step: (id) => (Object.hasOwn(steps, id) ? steps[id] : undefined),
    ...(needs === undefined ? {} : { needs }),
  };
}

const ROOTS = {
  inputs: {
    one: 1,
    half: 0.5,
    name: 'web',
    none: null,
    list: [1, 2, 3],
    empty: [],
    'dash-ed': 7,
    large: 2 ** 60,
    nested: { a: [{ b: 'c' }] },
  },
  run: { workflow: 'x', startedAt: '2026-01-31T23:30:00Z' },
  region: 'eu',
};

function evaluateCel(source: string, scope: Scope = createScope(ROOTS)): Evaluation {
  return evaluate({ dialect: 'cel', source }, scope);
}

describe('values', () => {
  const cases: [string, Json][] = [
    // names
    ['inputs.name + "-" + region', 'web-eu'],
    ['inputs["dash-ed"]', 7],
    ['inputs.name.size() + size(inputs.name)', 6],
    ['inputs.nested.a[0].b', 'c'],
    ['inputs', ROOTS.inputs],
    ['[inputs.nested]', [ROOTS.inputs.nested]],
    ['steps.build.output.n + 1', 4],
    ['steps.roll-out.output[1]', 2],
    ['steps["roll-out"].status', 'succeeded'],
    ['steps["roll" + "-out"].attempts', 1],
    ['steps.build.output == {"n": 3, "none": null}', true],
    ['steps.build.error', null],
    ['has(steps.build.output.none)', true],
    ['has(steps.build.output.some)', false],
    ['has(steps.absent)', false],
    ['"none" in inputs', true],
    ['"constructor" in inputs', false],
    // numbers
    ['inputs.one + 1', 2],
    ['inputs.half * 2', 1],
    ['inputs.one * 2', 2],
    ['0.5 * 100', 50],
    ['100 - 0.5', 99.5],
    ['1 + 1u', 2],
    ['1u / 2.0', 0.5],
    ['7 / 2', 3],
    ['7 % 4', 3],
    ['7.0 / 2', 3.5],
    ['1 == 1.0 && 1 < 1.5 && 2u > 1', true],
    ['inputs.large', 2 ** 60],
    ['-0.0', 0],
    ['1e3', 1000],
    ['int("-12") + int(2.9)', -10],
    ['double("1e3")', 1000],
    ['string(inputs.half) + string(inputs.one)', '0.51'],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['18u', 18],
    // texts, bytes
    ['"a,b,,c".split(",")', ['a', 'b', '', 'c']],
    ['"a,b,c".split(",", 2)', ['a', 'b,c']],
    ['"aé😀".split("")', ['a', 'é', '😀']],
    ['["a", "b"].join("-") + [].join(",")', 'a-b'],
    ['"aXbX".replace("X", "__") + "aXbX".replace("X", "", 1)', 'a__b__abX'],
    ['"ab".replace("", "-")', '-a-b-'],
    ['"ab".replace("", "-", 2)', '-a-b'],
    ['"ÀbC".lowerAscii() + "àbC".upperAscii()', 'ÀbcàBC'],
    ['" \t a ".trim()', 'a'],
    ['"\\u0085\\u2003a\\u3000".trim() + "\\ufeff\\u200b".trim() + " ".trim()', 'a\ufeff\u200b'],
    ['"0123456789abcdef".substring(0, 7)', '0123456'],
    ['"a😀b".substring(1, 2) + "a😀b".charAt(2) + "ab".charAt(2)', '😀b'],
    [
      '["a😀b".indexOf("b"), "abab".indexOf("b", 2), "abab".lastIndexOf("b"), "a".indexOf("z")]',
      [2, 3, 3, -1],
    ],
    ['size("a😀") + size([1]) + size({"a": 1})', 4],
    ['"abc".contains("b") && "abc".startsWith("ab") && "abc".endsWith("bc")', true],
    ['"v1.2.3".matches("^v[0-9]+[.]") && !"x".matches("^y$")', true],
    ['"a" < "b" && b"a" < b"b"', true],
    ['b"abc"', 'YWJj'],
    ['bytes("é") + b"\\xff"', 'w6n/'],
    ['string(bytes("é"))', 'é'],
    // lists, maps
    ['inputs.list.map(x, x * 2)', [2, 4, 6]],
    ['inputs.list.map(x, x > 1, [x])', [[2], [3]]],
    ['inputs.list.filter(x, x != 2)', [1, 3]],
    ['inputs.list.exists(x, x == 2) && inputs.list.all(x, x > 0) && inputs.list.exists_one(x, x == 1)', true],
    ['inputs.empty.all(x, false)', true],
    ['inputs.nested.map(key, key)', ['a']],
    ['[1, 2].map(x, [1, 2].map(y, x * y)) + [[9]]', [[1, 2], [2, 4], [9]]],
    ['2.0 in inputs.list', true],
    ['[1, [2]] == [1.0, [2u]]', true],
    ['{1: "a", true: "b", 2u: "c"}', { 1: 'a', true: 'b', 2: 'c' }],
    ['{"a": {"b": [1.5, null, true]}}', { a: { b: [1.5, null, true] } }],
    // errors that another branch makes irrelevant
    ['true || inputs.absent', true],
    ['inputs.absent || true', true],
    ['[1, 2].exists(x, x == 2 || x.y)', true],
    ['false ? inputs.absent : "b"', 'b'],
    // times
    ['timestamp(run.startedAt) + duration("1h")', '2026-02-01T00:30:00Z'],
    ['timestamp("2026-01-31T23:30:00.5+01:00")', '2026-01-31T22:30:00.500Z'],
    ['timestamp("2026-01-02T00:00:00Z") - timestamp("2026-01-01T00:00:00Z")', '86400s'],
    ['duration("1m30s")', '90s'],
    ['duration("1500ms")', '1.500s'],
    ['timestamp(60)', '1970-01-01T00:01:00Z'],
    ['int(timestamp("1970-01-01T00:01:00Z"))', 60],
    ['timestamp(run.startedAt).getHours()', 23],
    ['timestamp("2026-03-29T02:30:00Z").getHours()', 2],
    ['timestamp(run.startedAt).getHours("Europe/Oslo")', 0],
    ['timestamp(run.startedAt).getMonth("+00:30")', 1],
    ['timestamp(run.startedAt).getDayOfMonth("-00:30")', 30],
    ['timestamp("2026-12-31T12:00:00Z").getDayOfYear()', 364],
    ['timestamp("2024-12-31T23:30:00Z").getDayOfYear("Europe/Oslo")', 0],
    ['timestamp("2026-01-31T00:00:00Z").getDayOfWeek()', 6],
    ['duration("90s").getMinutes()', 1],
    ['type(timestamp(run.startedAt)) == google.protobuf.Timestamp && type(1) == int', true],
  ];
  it.each(cases)('%s', (source, value) => {
    expect(evaluateCel(source)).toEqual({ ok: true, value });
  });

  it('passes on data without a copy', () => {
    const result = evaluateCel('inputs.nested');
    expect(result.ok && result.value).toBe(ROOTS.inputs.nested);
  });
});

describe('failures', () => {
  const cases: [string, Extract<Evaluation, { ok: false }>['code'], RegExp][] = [
    ['1 +', 'expression-failed', /Not valid CEL/],
    ['nowhere', 'expression-failed', /"nowhere" is not in scope/],
    ['inputs.absent', 'expression-failed', /absent/],
    ['steps.absent.output', 'expression-failed', /absent/],
    ['steps', 'expression-result-invalid', /steps/],
    ['size(steps)', 'expression-failed', /as a whole/],
    ['1 / 0', 'expression-failed', /divide by zero/],
    ['9223372036854775807 + 1', 'expression-failed', /overflow/],
    ['"a" + 1', 'expression-failed', /^"\+" does not take \(string, int\)$/],
    ['size(1)', 'expression-failed', /^"size" does not take \(int\)$/],
    ['[1][3]', 'expression-failed', /index 3 out of bounds/],
    ['int("1.5")', 'expression-failed', /no int/],
    ['int("")', 'expression-failed', /no int/],
    ['int("9223372036854775808")', 'expression-failed', /no int/],
    ['uint("-1")', 'expression-failed', /no uint/],
    ['double("abc")', 'expression-failed', /no double/],
    ['timestamp("yesterday")', 'expression-failed', /timestamp/],
    ['timestamp("9999-12-31T23:59:59Z") + duration("1s")', 'expression-failed', /range/],
    ['timestamp(run.startedAt).getHours("Nowhere/At_All")', 'expression-failed', /zone/],
    ['duration("1 week")', 'expression-failed', /duration/],
    ['"a".matches("(")', 'expression-failed', /missing closing/],
    ['"abc".substring(2, 1)', 'expression-failed', /start/],
    ['"abc".substring(4)', 'expression-failed', /outside/],
    ['[1].join(",")', 'expression-failed', /no text/],
    ['string(b"\\xff")', 'expression-failed', /./],
    ['failed()', 'expression-failed', /only the `if`/],
    ['9007199254740992', 'expression-result-invalid', /9007199254740992/],
    ['[18446744073709551615u]', 'expression-result-invalid', /18446744073709551615/],
    ['1.0 / 0.0', 'expression-result-invalid', /Infinity/],
    ['{"a": 0.0 / 0.0}', 'expression-result-invalid', /NaN/],
    ['type(1)', 'expression-result-invalid', /type "int"/],
    ['{1: "a", "1": "b"}', 'expression-result-invalid', /Two keys/],
  ];
  it.each(cases)('%s', (source, code, message) => {
    expect(evaluateCel(source)).toEqual({ ok: false, code, message: expect.stringMatching(message) });
  });

  it('quotes no more than a little of the data', () => {
    const scope = createScope({ key: 'k'.repeat(100_000) });
    const result = evaluateCel('{"a": 1}[key]', scope);
    expect(result.ok ? '' : result.message).toHaveLength(501);
  });
});

describe('status functions', () => {
  it.each([
    ['failed()', true, true],
    ['failed()', false, false],
    ['succeeded()', true, false],
    ['succeeded()', false, true],
    ['always()', true, true],
    ['failed() && inputs.one == 1', true, true],
    ['[1, 2].all(x, failed())', true, true],
  ])('%s with a failed need: %s', (source, failed, value) => {
    expect(evaluateCel(source, createScope(ROOTS, { failed }))).toEqual({ ok: true, value });
  });

  it('always() needs to know nothing', () => {
    expect(evaluateCel('always()')).toEqual({ ok: true, value: true });
  });
});

it('asks the scope for nothing but what the expression names', () => {
  const asked: string[] = [];
  const scope: Scope = {
    lookup(name) {
      asked.push(name);
      return 1;
    },
    step(id) {
      asked.push(`steps.${id}`);
      return null;
    },
  };
  evaluateCel('[a].map(x, x + b) == [] || steps.one-two == null', scope);
  expect(asked).toEqual(['a', 'b', 'steps.one-two']);
});

it('lets a scope evaluate an expression itself', () => {
  const scope: Scope = {
    lookup: () => {
      const inner = evaluateCel('[1, 2, 3].map(x, x)');
      return inner.ok ? inner.value : null;
    },
    step: () => undefined,
  };
  expect(evaluateCel('size(outer)', scope)).toEqual({ ok: true, value: 3 });
});

it('gives any JSON back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.boolean(), (value, copy) => {
      const scope = createScope({ value: value as Json });
      const result = evaluateCel(copy ? '[value].map(x, x)[0]' : 'value', scope);
      expect(JSON.stringify(result)).toBe(JSON.stringify({ ok: true, value }));
    }),
  );
});

it('answers for any text', () => {
  const words = fc.constantFrom(
    ...[
      'inputs',
      'steps',
      '.',
      'a-b',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"a"',
      '?',
      ':',
      '+',
      '-',
      '*',
      '/',
      '%',
    ],
    ...[
      '&&',
      '||',
      '!',
      '==',
      '<',
      ' in ',
      '.map(x,x',
      '.filter(x,',
      '.exists(x,',
      'x',
      '1',
      '2u',
      '0.5',
      ',',
    ],
    ...[
      '.size()',
      '.split("")',
      '.join()',
      'string(',
      'failed()',
      'b"x"',
      '__proto__',
      'null',
      'duration("1s")',
    ],
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 12 }), (all) => {
      const result = evaluateCel(all.join(''));
      if (result.ok) expect(JSON.stringify(result.value)).toBeDefined();
      else expect(result.message).not.toBe('');
    }),
    { numRuns: 3000 },
  );
});

describe('templates', () => {
  const evaluateValue = (value: Json) => evaluateTemplate(parseTemplate(value).template, createScope(ROOTS));

  it('keeps types where a text is one expression, and writes text elsewhere', () => {
    const value = {
      one: '${{ inputs.one }}',
      list: ['${{ inputs.list }}', 'plain', 4],
      text: '${{ inputs.name }}: ${{ inputs.one }} ${{ inputs.half }} ${{ true }} [${{ null }}] ${{ inputs.list }}',
    };
    expect(evaluateValue(value)).toEqual({
      ok: true,
      value: { one: 1, list: [[1, 2, 3], 'plain', 4], text: 'web: 1 0.5 true [] [1,2,3]' },
    });
  });

  it.each([
    ['in a list', ['${{ inputs.absent }}']],
    ['in a map', { a: { b: '${{ inputs.absent }}' } }],
    ['in a text', 'a ${{ inputs.absent }}'],
  ])('fails with an expression %s', (_, value) => {
    expect(evaluateValue(value)).toMatchObject({ ok: false, code: 'expression-failed' });
  });

  it('refuses a text of more than 1 MiB', () => {
    const scope = createScope({ half: 'x'.repeat(600_000) });
    const { template } = parseTemplate('${{ half }}-${{ half }}');
    expect(evaluateTemplate(template, scope)).toMatchObject({ ok: false, code: 'expression-too-costly' });
  });
});
