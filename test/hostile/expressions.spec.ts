import { describe, expect, it } from '@jest/globals';
import { checkInputs } from '#domain/definition/check-inputs.js';
import { analyse } from '#domain/expressions/analyse.js';
import { evaluate, evaluateTemplate } from '#domain/expressions/evaluate.js';
import { parseTemplate } from '#domain/expressions/template.js';
import type { Json } from '#domain/json.js';
import { DEEP, ENDLESS, ESCAPES, EVIL_PATTERNS, NAMES } from './corpora/expressions.js';

const inputs: Json = { name: 'x', list: [1], map: {} };
const some = Array.from({ length: 1_000 }, (_, n) => n);
const ROOTS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['inputs', inputs],
  ['some', some],
  ['big', Array.from({ length: 100_000 }, (_, n) => n)],
  ['text', 'a'.repeat(1024 * 1024)],
  ['spaces', ' '.repeat(1024 * 1024)],
]);
const SCOPE = { lookup: (name: string) => ROOTS.get(name), step: () => undefined };

const ask = (source: string, roots?: ReadonlyMap<string, Json>) =>
  evaluate(
    { dialect: 'cel', source },
    roots === undefined ? SCOPE : { ...SCOPE, lookup: (name) => roots.get(name) },
  );

describe.each(Object.entries(ESCAPES))('%s', (_, escapes) => {
  it.each(escapes)('%s', (source) => {
    expect(ask(source)).toMatchObject({ ok: false, code: 'expression-failed' });
    const { template, problems } = parseTemplate({
      text: `a \${{ ${source} }} b`,
      value: `\${{ ${source} }}`,
    });
    if (problems.length === 0) expect(evaluateTemplate(template, SCOPE)).toMatchObject({ ok: false });
    // As data it is data: a value, a key, an input.
    const roots = new Map<string, Json>([['v', { [source]: source }]]);
    expect(ask('v.map(k, v[k])', roots)).toEqual({ ok: true, value: [source] });
  });
});

it('an escape leaves nothing behind', () => {
  for (const source of Object.values(ESCAPES).flat()) ask(source);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

describe('names', () => {
  it.each(NAMES.map((name) => [JSON.stringify(name).slice(0, 60), name]))('%s', (_, name) => {
    const quoted = JSON.stringify(name);
    expect(ask(`inputs[${quoted}]`)).toMatchObject(name === 'name' ? { ok: true } : { ok: false });
    expect(ask(`inputs.map[${quoted}]`)).toMatchObject({ ok: false });
    expect(ask('key in inputs.map', new Map([...ROOTS, ['key', name]]))).toEqual({ ok: true, value: false });
    // A key of a map that is made, one that is handed in, a variable of a loop.
    const made = ask('{key: key}', new Map([['key', name]]));
    expect(made).toEqual({ ok: true, value: Object.fromEntries([[name, name]]) });
    const given = new Map<string, Json>([
      ['m', Object.fromEntries([[name, 1]])],
      ['key', name],
    ]);
    expect(ask('m[key] == 1 && m == {key: 1} && m.all(k, k == key)', given)).toEqual({
      ok: true,
      value: true,
    });
    for (const source of [name, `inputs.${name}`, `[1].map(${name}, ${name})`, `steps.${name}.output`]) {
      const analysis = analyse({ dialect: 'cel', source });
      if (!analysis.ok) expect(analysis.message).not.toBe('');
      const result = ask(source, new Map());
      if (result.ok) expect(JSON.stringify(result.value)).toBeDefined();
    }
    expect(checkInputs({}, Object.fromEntries([[name, 1]])).errors).toHaveLength(1);
    const schemas = Object.fromEntries([[name, { type: 'number' }]]);
    expect(checkInputs(schemas, Object.fromEntries([[name, 1]]))).toEqual({
      inputs: Object.fromEntries([[name, 1]]),
    });
  });
});

describe('what would take for ever ends by its budget', () => {
  it.each(Object.entries(ENDLESS))('%s', (_, source) => {
    expect(ask(source)).toMatchObject({ ok: false, code: 'expression-too-costly' });
  });
});

describe('patterns', () => {
  it.each(EVIL_PATTERNS)('%s', (pattern, text) => {
    expect(
      ask(
        'text.matches(pattern)',
        new Map([
          ['text', text],
          ['pattern', pattern],
        ]),
      ),
    ).toEqual({
      ok: true,
      value: false,
    });
    expect(checkInputs({ x: { type: 'string', pattern } }, { x: text }).errors).toEqual([
      { path: 'inputs.x', message: expect.stringMatching(/must match pattern/) },
    ]);
  });
});

describe('depth', () => {
  it.each(Object.entries(DEEP))('%s', (_, source) => {
    const analysis = analyse({ dialect: 'cel', source });
    const result = ask(source, new Map());
    if (!analysis.ok)
      expect(result).toEqual({ ok: false, code: 'expression-failed', message: analysis.message });
    else if (!result.ok) expect(result.code).toMatch(/^expression-(failed|result-invalid)$/);
  });
});
