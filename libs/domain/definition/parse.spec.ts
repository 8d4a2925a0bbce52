import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from './parse.js';
import { descend, isScalar, positionInText, type Spot, toJson } from './tree.js';

/** `code line:column path` of each finding. */
function findingsOf(text: string): string[] {
  return parse(text).findings.map(({ code, line, column, path }) =>
    `${code} ${line}:${column} ${path}`.trimEnd(),
  );
}

function rootOf(text: string): Spot {
  const { tree, findings } = parse(text);
  expect(findings).toEqual([]);
  return { node: tree!.root, path: undefined };
}

describe('parse', () => {
  it.each([
    ['a map', 'a: 1\nb: [x, true, null, 1.5]\n', { a: 1, b: ['x', true, null, 1.5] }],
    ['JSON', '{"a": 1,\n\t"b": {"c": "\\u00e9\\n"}}', { a: 1, b: { c: 'é\n' } }],
    ['what YAML 1.1 would not take for text', 'on: yes\noff: no\ny: 012\n', { on: 'yes', off: 'no', y: 12 }],
    ['an alias', 'a: &x { b: 1 }\nc: *x\n', { a: { b: 1 }, c: { b: 1 } }],
    ['the anchor that stands nearest above', 'a: &x 1\nb: *x\nc: &x 2\nd: *x\n', { a: 1, b: 1, c: 2, d: 2 }],
    ['negative zero as zero', 'a: -0', { a: 0 }],
    [
      'the largest whole numbers',
      'a: [9007199254740991, -9007199254740991]',
      { a: [9007199254740991, -9007199254740991] },
    ],
    ['a text that starts a document', '---\na: 1\n...\n', { a: 1 }],
    ['nothing', '# nothing\n', null],
    ['a byte-order mark', '\uFEFFa: 1', { a: 1 }],
    ['text in blocks', 'a: |\n  one\n  two\nb: >-\n  one\n  two\n', { a: 'one\ntwo\n', b: 'one two' }],
    ['keys that look like numbers when quoted', '"1": a', { '1': 'a' }],
  ])('reads %s', (_, text, value) => {
    expect(toJson(rootOf(text).node)).toEqual(value);
  });

  it.each([
    [['a'], { line: 1, column: 4 }, { line: 1, column: 1 }],
    [['b'], { line: 3, column: 3 }, { line: 2, column: 1 }],
    [['b', 'c', 1], { line: 3, column: 10 }, undefined],
    [['b', 'd'], { line: 4, column: 6 }, { line: 4, column: 3 }],
    [['b', 'e'], { line: 5, column: 5 }, { line: 5, column: 3 }],
  ] as const)('knows where %j stands', (path, value, key) => {
    const spot = descend(rootOf('a: 1\nb:\r\n  c: [x, y]\n  d: "z"\n  e:\n'), path);
    expect(spot.node.position).toEqual(value);
    expect(spot.keyPosition).toEqual(key);
  });

  it.each([
    ['plain', 'a: hello', 4 + 2],
    ['in quotes', 'a: "hello"', 5 + 2],
    ['with an escape before', 'a: "\\u0068ello"', 4],
    ['in a block', 'a: |\n  hello', 4],
  ])('knows where a character of a text stands: %s', (_, text, column) => {
    const spot = descend(rootOf(text), ['a']);
    expect(isScalar(spot) && positionInText(spot.node, 2)).toEqual({ line: 1, column });
  });

  it('places an alias where it stands, and what is in it where it was written', () => {
    const root = rootOf('a: &x { b: 1 }\nc: *x\n');
    expect(descend(root, ['c']).node.position).toEqual({ line: 2, column: 4 });
    expect(descend(root, ['c', 'b']).keyPosition).toEqual({ line: 1, column: 9 });
  });

  it.each([
    ['no YAML', 'a: [', ['yaml-syntax 1:5']],
    ['a tab', '\t- a', ['yaml-syntax 1:1']],
    ['a nested map on one line', 'a: b: c', ['yaml-syntax 1:4']],
    ['two documents', 'a: 1\n---\nb: 2', ['document-second 2:1']],
    ['YAML 1.1', '%YAML 1.1\n---\na: yes', ['yaml-version 1:1']],
    [
      'the same key twice',
      'a: 1\nb:\n  c: 1\n  c: 2\na: 3',
      ['key-duplicate 4:3 b.c', 'key-duplicate 5:1 a'],
    ],
    ['the same key twice in JSON', '{"a": 1, "a": 2}', ['key-duplicate 1:10 a']],
    [
      'keys that are no text',
      '1: a\ntrue: b\n? [x]\n: c',
      ['key-not-text 1:1', 'key-not-text 2:1', 'key-not-text 3:3'],
    ],
    ['a merge key', 'a: &x {}\nb:\n  <<: *x', ['merge-key-unsupported 3:3 b']],
    [
      'tags',
      'a: !!binary x\nb: !own [1]\nc: !!str 1',
      ['tag-unsupported 1:13 a', 'tag-unsupported 2:9 b', 'tag-unsupported 3:10 c'],
    ],
    [
      'tags that are not declared, or are no tags',
      'a: !e!x 1\nb: !e!y [1]\nc: !<x y> 1',
      ['tag-unsupported 1:4', 'tag-unsupported 2:4', 'tag-unsupported 3:4'],
    ],
    ['an unknown alias', 'a: *x', ['alias-unknown 1:4 a']],
    ['an alias of itself', 'a: &x [*x]', ['alias-recursive 1:8 a[0]']],
    [
      'numbers that lose digits',
      'a: .nan\nb: -.inf\nc: 1e400\nd: 9007199254740992',
      [
        'number-out-of-range 1:4 a',
        'number-out-of-range 2:4 b',
        'number-out-of-range 3:4 c',
        'number-out-of-range 4:4 d',
      ],
    ],
    ['a NUL character', 'a: b\nc: d\0', ['text-unprintable 2:5']],
    ['half a character', 'a: \ud83d', ['text-unprintable 1:4']],
    ['the same by escapes', '"\\0": "\\ud83d"', ['text-unprintable 1:1', 'text-unprintable 1:7 [""]']],
  ])('refuses %s', (_, text, findings) => {
    expect(findingsOf(text)).toEqual(findings);
  });

  it.each(['__proto__', 'constructor', 'prototype'])(
    'refuses the key %s wherever it stands and sets no prototype',
    (key) => {
      const { tree, findings } = parse(`a:\n  - ${key}: { polluted: true }\n    b: 1\n`);
      expect(findings).toEqual([
        expect.objectContaining({ code: 'key-forbidden', line: 2, column: 5, path: `a[0].${key}` }),
      ]);
      const [item] = (toJson(tree!.root) as { a: object[] }).a;
      expect(Object.keys(item!)).toEqual(['b']);
      expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    },
  );
});

describe('limits of parse', () => {
  const MIB = 1024 * 1024;

  it('takes 1 MiB of UTF-8 and no byte more', () => {
    const fit = `a: ${'é'.repeat((MIB - 4) / 2)}\n`;
    expect(findingsOf(fit)).toEqual([]);
    expect(findingsOf(`${fit} `)).toEqual(['text-too-large 1:1']);
    expect(findingsOf('x'.repeat(8 * MIB))).toEqual(['text-too-large 1:1']);
  });

  it('takes 256 levels and no more', () => {
    expect(findingsOf('['.repeat(256) + ']'.repeat(256))).toEqual([]);
    expect(findingsOf('['.repeat(257) + ']'.repeat(257))).toEqual([
      expect.stringMatching(/^tree-too-deep 1:257/),
    ]);
  });

  it('counts the levels behind an alias', () => {
    const deep = (inner: string) => '['.repeat(150) + inner + ']'.repeat(150);
    expect(findingsOf(`a: &x ${deep('1')}\nb: ${deep('*x')}`)).toEqual([
      expect.stringMatching(/^tree-too-deep 2:154 b/),
    ]);
  });

  it('refuses aliases that stand for a billion values', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [above, own] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi']) {
      lines.push(`${own}: &${own} [${Array(9).fill(`*${above}`).join(', ')}]`);
    }
    expect(findingsOf(lines.join('\n'))).toEqual([expect.stringMatching(/^alias-expansion 5:\d+ e/)]);
  });

  it('takes aliases for 10,000 values', () => {
    const anchor = `a: &x [${Array(99).fill(1).join(', ')}]\n`;
    const aliases = (count: number) => `${anchor}b: [${Array(count).fill('*x').join(', ')}]`;
    expect(findingsOf(aliases(100))).toEqual([]);
    expect(findingsOf(aliases(101))).toEqual([expect.stringMatching(/^alias-expansion/)]);
  });

  it.each([
    ['open brackets', '['.repeat(MIB)],
    ['open maps', '{a: '.repeat(MIB / 4)],
    ['dashes', '- '.repeat(MIB / 2)],
    ['question marks', '? '.repeat(MIB / 2)],
    ['closing brackets', '}'.repeat(MIB)],
    ['quotes', '"'.repeat(MIB)],
    ['commas', `[${','.repeat(MIB - 1)}`],
    ['documents', '---\n'.repeat(MIB / 4)],
    ['anchors', '&a '.repeat(MIB / 3)],
    ['errors', 'a: ]\n'.repeat(MIB / 5)],
  ])('ends with few findings for 1 MiB of %s', (_, text) => {
    const { tree, findings } = parse(text);
    expect(tree).toBeUndefined();
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.length).toBeLessThanOrEqual(51);
  });
});

describe('parse of anything', () => {
  const pieces = fc.constantFrom(
    'a',
    'b: ',
    '- ',
    '? ',
    ': ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '\n',
    '  ',
    '&x ',
    '*x',
    '!t ',
    '!!int ',
    '|\n',
    '>-\n',
    '#c',
    '<<: ',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '%TAG ! x\n',
    '__proto__: ',
    '\t',
    '\r\n',
    '1',
    '.inf',
    '\\',
    '\0',
    '\ud800',
    '@',
    '`',
  );

  it.each([
    ['texts', fc.string({ unit: 'binary' })],
    ['pieces of YAML', fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''))],
  ])('never throws for %s, and tells why there is no tree', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const { tree, findings } = parse(text);
        if (tree === undefined) expect(findings).not.toEqual([]);
        const lines = text.split('\n').length;
        for (const { line, column } of findings) {
          expect(line >= 1 && line <= lines && column >= 1).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads back every JSON value it takes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const { tree, findings } = parse(JSON.stringify(value));
        if (findings.length === 0)
          expect(toJson(tree!.root)).toEqual(JSON.parse(JSON.stringify(value), (_, v) => (v === 0 ? 0 : v)));
      }),
      { numRuns: 1_000 },
    );
  });
});
