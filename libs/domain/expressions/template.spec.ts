import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../json.js';
import type { Expression, Template } from '../plan/plan.js';
import { evaluateTemplate } from './evaluate.js';
import { parseTemplate } from './template.js';

const cel = (source: string): Expression => ({ dialect: 'cel', source });
const literal = (value: Json): Template => ({ kind: 'literal', value });
const expression = (source: string): Template => ({ kind: 'expression', expression: cel(source) });
const text = (...parts: (string | Expression)[]): Template => ({ kind: 'text', parts });

describe('texts', () => {
  const cases: [string, Template][] = [
    ['plain', literal('plain')],
    ['', literal('')],
    ['$ { {{ }} ${a}', literal('$ { {{ }} ${a}')],
    ['${{ a }}', expression('a')],
    ['${{a}}', expression('a')],
    ['${{ a }} ', text(cel('a'), ' ')],
    ['x ${{ a }}${{ b }}}}', text('x ', cel('a'), cel('b'), '}}')],
    ["${{ {'a': {'b': 1}} }}", expression("{'a': {'b': 1}}")],
    ["${{ {'a': {'b': {'c': 1}}}}}", expression("{'a': {'b': {'c': 1}}}")],
    ['${{ "}}" }}', expression('"}}"')],
    ['${{ "\\"}}" }}', expression('"\\"}}"')],
    ["${{ '''\n}}' \\''' ''' }}", expression("'''\n}}' \\''' '''")],
    ["${{ r'\\' }}x", text(cel("r'\\'"), 'x')],
    ['${{ bR"\\" }}x', text(cel('bR"\\"'), 'x')],
    ['${{ "{" }}', expression('"{"')],
    ['${{ a // }}\n }}', expression('a // }}')],
    ['$${{ a }}', literal('${{ a }}')],
    ['a $${{ b }} ${{ c }}', text('a ${{ b }} ', cel('c'))],
    ['$$${{ a }}', literal('$${{ a }}')],
    ['${{ a }}$${{', text(cel('a'), '${{')],
  ];
  it.each(cases)('%j', (value, expected) => {
    expect(parseTemplate(value)).toMatchObject({ template: expected, problems: [] });
  });
});

describe('values', () => {
  it('collapses what holds no expression, and only that', () => {
    const { template } = parseTemplate({ a: [1, { b: '${{ x }}' }, [null, true]], c: { d: ['$${{'] } });
    expect(template).toEqual({
      kind: 'map',
      entries: [
        [
          'a',
          {
            kind: 'list',
            items: [literal(1), { kind: 'map', entries: [['b', expression('x')]] }, literal([null, true])],
          },
        ],
        ['c', literal({ d: ['${{'] })],
      ],
    });
  });

  it('keeps a key called __proto__', () => {
    const { template } = parseTemplate(
      JSON.parse('{"__proto__": {"a": "${{ 1 + 1 }}"}, "b": {"__proto__": 1}}'),
    );
    const result = evaluateTemplate(template, { lookup: () => undefined, step: () => undefined });
    expect(JSON.stringify(result)).toBe('{"ok":true,"value":{"__proto__":{"a":2},"b":{"__proto__":1}}}');
  });

  it('tells where each expression stands', () => {
    const value = { with: ['x', 'ab ${{   c }} ${{ d }}'], if: '${{}}' };
    expect(parseTemplate(value).expressions).toEqual([
      { path: ['with', 1], expression: cel('c'), offset: 9 },
      { path: ['with', 1], expression: cel('d'), offset: 18 },
      { path: ['if'], expression: cel(''), offset: 3 },
    ]);
  });
});

describe('problems', () => {
  const unclosed: [string, number][] = [
    ['a ${{ b', 2],
    ['${{ "a }}', 0],
    ["${{ 'a\n' }}", 0],
    ["${{ '''a }}", 0],
    ['${{ {1: 2 }}', 0],
    ['${{ a // }}', 0],
    ['${{ a }} ${{', 9],
  ];
  it.each(unclosed)('%j is not closed', (value, offset) => {
    expect(parseTemplate([value]).problems).toEqual([
      { path: [0], message: expect.stringContaining('`$${{`'), offset },
    ]);
  });

  it('refuses an expression in a key', () => {
    expect(parseTemplate({ 'a${{ b }}': 1 }).problems).toEqual([
      { path: ['a${{ b }}'], message: expect.stringContaining('key'), offset: 1 },
    ]);
  });

  it('finds all of them', () => {
    expect(parseTemplate({ a: '${{', b: ['${{ ok }}', '${{'], '${{': 0 }).problems).toHaveLength(3);
  });
});

it('gives back any JSON whose `${{` are escaped', () => {
  const escapeAll = (value: Json): Json =>
    JSON.parse(JSON.stringify(value), (_, part) =>
      typeof part === 'string' ? part.replaceAll('${{', () => '$${{') : part,
    );
  const words = fc.array(fc.constantFrom('${{', '}}', '$', '{', 'a', '"', "'''")).map((all) => all.join(''));
  fc.assert(
    fc.property(fc.array(words), (value) => {
      const { template, problems } = parseTemplate(escapeAll(value));
      expect(problems).toEqual([]);
      expect(template).toEqual(literal(value));
    }),
  );
});
