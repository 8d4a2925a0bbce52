import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from '../definition/parse.js';
import { toJson } from '../definition/tree.js';
import type { Json, JsonObject } from '../json.js';
import type { Template as PlanTemplate } from '../plan/plan.js';
import { TEST_ACTIONS } from '../validation/testing/actions.js';
import { instantiate } from './instantiate.js';
import { readTemplate } from './read-template.js';

/** A template with these variables and these steps, one a line. */
function templateOf(variables: string, ...steps: string[]) {
  const text = `template: 1\nname: t\nvariables: ${variables}\ndefinition:\n  sluice: 1\n  name: x\n  stages:\n    main:\n      steps:\n${steps.map((step) => `        ${step}\n`).join('')}`;
  const { template, findings } = readTemplate(text);
  if (template === undefined) throw new Error(JSON.stringify(findings));
  return template;
}

/** The steps that a template makes of values, as plain data. */
function stepsOf(template: ReturnType<typeof templateOf>, values: JsonObject): Json {
  const made = instantiate(template, values, TEST_ACTIONS);
  if (!made.ok) throw new Error(JSON.stringify(made, null, 2));
  const tree = toJson(parse(made.text).tree!.root) as { stages: { main: { steps: Json } } };
  return tree.stages.main.steps;
}

const text = (template: PlanTemplate): string => JSON.stringify(template);

describe('instantiate', () => {
  it('puts values in, keeps their types, and leaves expressions as they are', () => {
    const template = templateOf(
      '{ who: { type: string }, count: { type: integer, default: 3 }, list: { type: array } }',
      'a: { set: { text: "hi $[[ who ]] x$[[count]] ${{ run.id }}", count: "$[[ count ]]", list: "$[[ list ]]" } }',
      'b: { wait: "$[[ count ]]s", if: steps.a.status == "succeeded" }',
    );
    expect(stepsOf(template, { who: 'Ada', list: [1, { a: 'b' }] })).toEqual({
      a: { set: { text: 'hi Ada x3 ${{ run.id }}', count: 3, list: [1, { a: 'b' }] } },
      b: { wait: '3s', if: 'steps.a.status == "succeeded"' },
    });
  });

  it('leaves out and repeats entries and items, in order', () => {
    const template = templateOf(
      '{ loud: { type: boolean }, names: { type: array, items: { type: string } } }',
      '$[[ if loud ]]: { shout: { set: { a: 1 } } }',
      '$[[ if not loud ]]: { whisper: { set: { a: 1 } } }',
      '$[[ each name in names ]]: { "greet-$[[ name ]]": { needs: [], set: { to: "$[[ name ]]" } } }',
      'all: { set: { list: [first, { "$[[ each name in names ]]": ["$[[ name ]]", { "$[[ if loud ]]": ["!"] }] }] } }',
    );
    expect(stepsOf(template, { loud: true, names: ['b', 'a'] })).toEqual({
      shout: { set: { a: 1 } },
      'greet-b': { needs: [], set: { to: 'b' } },
      'greet-a': { needs: [], set: { to: 'a' } },
      all: { set: { list: ['first', 'b', '!', 'a', '!'] } },
    });
    expect(Object.keys(stepsOf(template, { loud: false, names: ['z'] }) as object)).toEqual([
      'whisper',
      'greet-z',
      'all',
    ]);
  });

  it('keeps comments, and says the characters themselves where they are escaped', () => {
    const template = templateOf('{}', '# why', 'a: { set: { b: "$$[[ b ]]" } } # how');
    const made = instantiate(template, {}, TEST_ACTIONS);
    expect(made).toMatchObject({ ok: true });
    expect((made as { text: string }).text).toContain('# why');
    expect((made as { text: string }).text).toContain('# how');
    expect(stepsOf(template, {})).toEqual({ a: { set: { b: '$[[ b ]]' } } });
  });

  const hostile = templateOf(
    '{ v: { type: string }, w: { type: string, default: "" }, list: { type: array, items: { type: string }, default: [] } }',
    'a: { set: { alone: "$[[ v ]]", within: "<$[[ v ]]>", before: "$[[ v ]]${{ run.id }}", after: "${{ run.id }}$[[ v ]]" } }',
    'b: { set: { two: "$[[ v ]]$[[ w ]]", cut: "$$[[ v ]]{{ run.id }}", dollar: "$[[ v ]]{{ run.id }}", list: "$[[ list ]]" } }',
  );

  /** What the values are in the end, as the engine reads them: expressions by their sources, all else literally. */
  function readBack(values: JsonObject): readonly string[] {
    const made = instantiate(hostile, values, TEST_ACTIONS);
    if (!made.ok) throw new Error(JSON.stringify(made, null, 2));
    return made.reading
      .workflow!.compile()
      .nodes.flatMap((node) => (node.kind === 'set' ? [text(node.values)] : []));
  }

  it.each([
    '${{ inputs.x }}',
    '$',
    '$$',
    '${',
    '{{ 1 }}',
    '$${{ 1 }}',
    '}}',
    '"} }}',
    'a\nb: c\n- d',
    '&anchor *alias !!tag <<',
    '__proto__',
    '# no comment',
    '\u0085\u2028\ufeff',
    ':\n',
    '$[[ w ]]',
    '\'"`',
    ' ',
    '- [',
    'yes',
    '1e3',
    '2030-01-01',
  ])('takes %j for what it is: text', (v) => {
    const [first, second] = readBack({ v, w: v, list: [v] }).map((each) => JSON.parse(each)) as {
      entries: [string, PlanTemplate][];
    }[];
    const show = (template: PlanTemplate): Json =>
      template.kind === 'text'
        ? template.parts.map((part) => (typeof part === 'string' ? part : part.source)).join('|')
        : template.kind === 'literal'
          ? template.value
          : template.kind;
    const read = Object.fromEntries(
      [...(first!.entries ?? []), ...(second!.entries ?? [])].map(([key, value]) => [key, show(value)]),
    );
    // A `$` before an expression is said by an expression of its own.
    expect(String(read['before']).replace(/\|?"(\$+)"\|/, '$1|')).toBe(`${v}|run.id`);
    expect(read['after']).toBe(`run.id|${v}`);
    const literal = (key: string) => read[key] ?? (second as unknown as { value: JsonObject }).value?.[key];
    expect([literal('alone'), literal('within'), literal('dollar'), literal('two')]).toEqual([
      v,
      `<${v}>`,
      `${v}{{ run.id }}`,
      `${v}${v}`,
    ]);
  });

  it('takes any text for what it is', () => {
    const parts = fc.constantFrom(
      '$',
      '{',
      '}',
      '[',
      ']',
      'a',
      ' ',
      '\n',
      "'",
      '"',
      ':',
      '#',
      '&',
      '${{',
      '}}',
      '$[[',
    );
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 12 }).map((all) => all.join('')),
        fc.string(),
        (v, w) => {
          const [first, second] = readBack({ v, w });
          const expressions = (read: string) =>
            [...read.matchAll(/"source":"((?:[^"\\]|\\.)*)"/g)].map(([, source]) => source);
          expect(expressions(first!).filter((source) => !/^\\"\$+\\"$/.test(source!))).toEqual([
            'run.id',
            'run.id',
          ]);
          expect(expressions(second!)).toEqual([]);
          expect(second).toContain(JSON.stringify(v + w));
          expect(second).toContain(JSON.stringify(`${v}{{ run.id }}`));
        },
      ),
    );
  });

  it.each<[string, JsonObject, string]>([
    ['a variable that is missing', {}, 'variables.v is required.'],
    ['a value of the wrong type', { v: 1 }, 'variables.v must be string.'],
    ['a variable that it does not have', { v: '', x: 1 }, 'variables.x is no variable of this template.'],
    [
      'a key that hides what objects are',
      JSON.parse('{"v": "", "__proto__": {"x": 1}}'),
      'variables.__proto__ is no',
    ],
  ])('refuses %s', (_, values, words) => {
    const made = instantiate(hostile, values, TEST_ACTIONS);
    expect(made).toMatchObject({ ok: false, wrong: 'values' });
    const [{ path, message }] = (made as unknown as { errors: [{ path: string; message: string }] }).errors;
    expect(`${path} ${message}`).toContain(words);
  });

  it('refuses a list or a map within a text, where it is an item of a list', () => {
    const each = templateOf(
      '{ list: { type: array } }',
      'a: { set: { "$[[ each x in list ]]": { "k-$[[ x ]]": "v-$[[ x ]]" } } }',
    );
    expect(instantiate(each, { list: ['b'] }, TEST_ACTIONS)).toMatchObject({ ok: true });
    for (const item of [{ a: 1 }, [1]]) {
      const texts = templateOf(
        '{ list: { type: array } }',
        'a: { set: { all: [{ "$[[ each x in list ]]": ["v-$[[ x ]]"] }] } }',
      );
      const made = instantiate(texts, { list: [item] }, TEST_ACTIONS);
      expect(made.ok).toBe(false);
      expect(JSON.stringify(made)).toContain('is a list or a map, and stands within a text.');
    }
  });

  it('refuses values that would be read as a part of the definition', () => {
    const steps = templateOf('{ step: { type: array } }', 'a: { switch: "$[[ step ]]" }');
    expect(instantiate(steps, { step: [{ if: 'true', steps: {} }] }, TEST_ACTIONS)).toMatchObject({
      wrong: 'template',
      findings: [{ code: 'template-variable-type' }],
    });
    const key = templateOf('{ key: { type: string } }', 'a: { set: { "$[[ key ]]": "$[[ key ]]" } }');
    for (const [value, code] of [
      ['__proto__', 'template-key-invalid'],
      ['a b', 'template-key-invalid'],
      ['', 'template-key-invalid'],
      ['if', 'template-variable-in-expression'],
    ]) {
      expect(instantiate(key, { key: value! }, TEST_ACTIONS)).toMatchObject({
        wrong: 'template',
        findings: [{ code }],
      });
    }
  });

  it('refuses items that repeat, and what becomes too large', () => {
    const each = templateOf(
      '{ list: { type: array } }',
      '$[[ each a in list ]]: { "s-$[[ a ]]": { set: { a: 1 } } }',
    );
    expect(instantiate(each, { list: ['x', 'x'] }, TEST_ACTIONS)).toMatchObject({
      findings: [{ code: 'template-key-duplicate', line: 10 }],
    });
    const list = Array.from({ length: 700 }, (_, index) => index);
    const nested = templateOf(
      '{ list: { type: array } }',
      'a: { set: { all: [{ "$[[ each a in list ]]": [{ "$[[ each b in list ]]": ["$[[ b ]]"] }] }] } }',
    );
    expect(instantiate(nested, { list }, TEST_ACTIONS)).toMatchObject({
      wrong: 'template',
      findings: [{ code: 'template-result-too-large' }],
    });
    expect(instantiate(hostile, { v: 'x'.repeat(1 << 20) }, TEST_ACTIONS)).toMatchObject({ ok: false });
    const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000));
    expect(instantiate(each, { list: deep }, TEST_ACTIONS)).toMatchObject({ wrong: 'values' });
  });

  it('follows aliases, ten thousand of them too', () => {
    const template = templateOf(
      '{ v: { type: string } }',
      'a: { set: &shared { text: "$[[ v ]]" } }',
      'b: { set: *shared }',
    );
    expect(stepsOf(template, { v: 'x' })).toEqual({ a: { set: { text: 'x' } }, b: { set: { text: 'x' } } });
    const many = templateOf(
      '{}',
      'a: { set: { one: &one 1 } }',
      `b: { set: { all: [${'*one, '.repeat(9_000)}] } }`,
    );
    const { b } = stepsOf(many, {}) as { b: { set: { all: number[] } } };
    expect(b.set.all).toHaveLength(9_000);
  });

  it('says where the definition that it makes is wrong', () => {
    const wait = templateOf('{ time: { type: string } }', 'a: { wait: "$[[ time ]]" }');
    expect(instantiate(wait, { time: 'soon' }, TEST_ACTIONS)).toMatchObject({
      wrong: 'definition',
      findings: [{ code: 'duration-invalid', path: 'stages.main.steps.a.wait' }],
    });
  });
});
