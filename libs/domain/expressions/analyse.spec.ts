import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { analyse, type References } from './analyse.js';

const NOTHING: References = {
  inputs: [],
  steps: [],
  names: [],
  asksStatus: false,
  inputsWhole: false,
  dynamicSteps: false,
};

function analyseCel(source: string) {
  return analyse({ dialect: 'cel', source });
}

describe('references', () => {
  const cases: [string, Partial<References>][] = [
    ['1 + 2', {}],
    ['inputs.a + inputs["b-c"] + inputs.a', { names: ['inputs'], inputs: ['a', 'b-c'] }],
    ['has(inputs.a)', { names: ['inputs'], inputs: ['a'] }],
    ['size(inputs)', { names: ['inputs'], inputsWhole: true }],
    ['"a" in inputs', { names: ['inputs'], inputsWhole: true }],
    ['inputs[run.key]', { names: ['inputs', 'run'], inputsWhole: true }],
    ['steps.build.output.n', { names: ['steps'], steps: ['build'] }],
    ['steps.roll-out.output', { names: ['steps'], steps: ['roll-out'] }],
    ['steps["roll-out"].output', { names: ['steps'], steps: ['roll-out'] }],
    ['steps . roll-out . output', { names: ['steps'], steps: ['roll-out'] }],
    ['steps.a-1 - 1', { names: ['steps'], steps: ['a-1'] }],
    ['steps.a.output-b', { names: ['steps', 'b'], steps: ['a'] }],
    ['steps.a_b', { names: ['steps'], steps: ['a_b'] }],
    ['steps.a-b == steps.a_b', { names: ['steps'], steps: ['a-b', 'a_b'] }],
    ['steps.import.status', { names: ['steps'], steps: ['import'] }],
    ['my.steps.a-b', { names: ['my', 'b'] }],
    ['mysteps.a-b', { names: ['mysteps', 'b'] }],
    ['"steps.a-b"', {}],
    ["'''steps.a-b'''", {}],
    ['r"\\" + steps.a-b.status', { names: ['steps'], steps: ['a-b'] }],
    ['// steps.a-b\n1', {}],
    ['steps[inputs.which]', { names: ['steps', 'inputs'], inputs: ['which'], dynamicSteps: true }],
    ['steps', { names: ['steps'], dynamicSteps: true }],
    ['failed()', { asksStatus: true }],
    ['always() && run.ok', { asksStatus: true, names: ['run'] }],
    ['inputs.l.exists(x, x > y && succeeded())', { names: ['inputs', 'y'], inputs: ['l'], asksStatus: true }],
    ['[1].map(x, [x].map(y, x + y + z))', { names: ['z'] }],
    ['x + [1].map(x, x)[0]', { names: ['x'] }],
    ['x.map(x, x)', { names: ['x'] }],
    ['type(a) == int || type(a) == google.protobuf.Timestamp', { names: ['a'] }],
    ['google.cloud', { names: ['google'] }],
    ['constructor.__proto__', { names: ['constructor'] }],
    ['steps.__proto__', { names: ['steps'], steps: ['__proto__'] }],
    ['{a: {"b": c}}', { names: ['a', 'c'] }],
  ];
  it.each(cases)('%s', (source, expected) => {
    expect(analyseCel(source)).toEqual({ ok: true, references: { ...NOTHING, ...expected } });
  });
});

describe('what is no expression', () => {
  const cases: [string, RegExp, number][] = [
    ['', /empty/, 0],
    ['  ', /empty/, 0],
    ['a b', /nothing can be made of "b"/, 2],
    ['(a', /ends too early/, 2],
    ['"abc', /Not valid CEL/, 0],
    ['1 + nope(2)', /no function "nope"/, 4],
    ['inputs.a.nope()', /no function "nope"/, 8],
    ['1 + steps.roll-out.nope()', /no function "nope"/, 18],
    ['size(1, 2, 3)', /not called like this/, 0],
    ['"a".int()', /not called like this/, 3],
    ['has(a)', /has\(\) takes one member/, 0],
    ['l.map(1, 2)', /map\(\) takes a variable/, 1],
    ['failed(1)', /stands alone/, 0],
    ['x.failed()', /stands alone/, 1],
    ['[1].map(steps, 1)', /cannot be called "steps"/, 3],
    ['package', /"package" is a reserved word/, 0],
    ['steps.in.output', /\["in"\]/, 6],
    ['google.protobuf.Struct{}', /no type/, 0],
    ['9223372036854775808', /64 bits/, 0],
    ['1 == 18446744073709551616u', /64 bits/, 5],
    ['"\\ud800"', /Not valid CEL/, 0],
    [`${'${{'} a }}`, /bare/, 0],
    ['this.constructor.constructor("return process")()', /Not valid CEL/, 46],
    ['`x`', /Not valid CEL/, 0],
    ['() => 1', /Not valid CEL/, 1],
  ];
  it.each(cases)('%s', (source, message, offset) => {
    const analysis = analyseCel(source);
    expect(analysis).toEqual({ ok: false, message: expect.stringMatching(message), offset });
  });

  it('takes 4 KiB and no more, in UTF-8', () => {
    const longest = `"${'x'.repeat(4094)}"`;
    expect(analyseCel(longest).ok).toBe(true);
    expect(analyseCel(`${longest} `)).toMatchObject({ ok: false, message: expect.stringMatching(/4 KiB/) });
    expect(analyseCel(`"${'é'.repeat(2047)}"`).ok).toBe(true);
    expect(analyseCel(`"${'é'.repeat(2048)}"`).ok).toBe(false);
    expect(analyseCel('('.repeat(1_000_000))).toMatchObject({ ok: false });
  });
});

describe('depth', () => {
  const deep: [string, string][] = [
    ['parentheses', `${'('.repeat(2000)}1${')'.repeat(2000)}`],
    ['lists', `${'['.repeat(2000)}1${']'.repeat(2000)}`],
    ['maps', `${'{1:'.repeat(1000)}1${'}'.repeat(1000)}`],
    ['conditions', `${'a?b:'.repeat(1000)}1`],
    ['macros', `${'[1].map(x,'.repeat(300)}1${')'.repeat(300)}`],
    ['operators', `${'1+'.repeat(2000)}1`],
    ['members', `a${'.b'.repeat(2000)}`],
    ['only opened', '('.repeat(4000)],
  ];
  it.each(deep)('refuses endless %s', (_, source) => {
    expect(analyseCel(source)).toMatchObject({ ok: false, message: expect.stringMatching(/too deeply/) });
  });

  it.each([
    ['not', `${'!'.repeat(4000)}a`],
    ['minus', `${'-'.repeat(4000)}a`],
    ['and', `${'a&&'.repeat(1000)}a`],
    ['parentheses', `${'('.repeat(60)}a${')'.repeat(60)}`],
  ])('reads a long row of %s', (_, source) => {
    expect(analyseCel(source)).toMatchObject({ ok: true, references: { names: ['a'] } });
  });
});

it('answers for any text', () => {
  const words = fc.constantFrom(
    ...[
      'steps',
      '.',
      'a-b',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'''",
      '\\',
      'r"',
      '?',
      ':',
      '+',
      '-',
      '&&',
      'in',
    ],
    ...[
      '.map(x,',
      'has(',
      '1',
      '2u',
      '1e9',
      ',',
      ' ',
      '//',
      '\n',
      '${{',
      '}}',
      'failed()',
      '\ud800',
      'é',
      '__proto__',
    ],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 30 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(texts, (source) => {
      const analysis = analyseCel(source);
      if (analysis.ok) return;
      expect(analysis.message).not.toBe('');
      expect(analysis.offset).toBeGreaterThanOrEqual(0);
      expect(analysis.offset).toBeLessThanOrEqual(source.length);
    }),
    { numRuns: 2000 },
  );
});
