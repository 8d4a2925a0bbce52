import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../json.js';
import { type ComparedStep, compareSteps } from './compare-runs.js';
import { compareValues } from './compare-values.js';

describe('compareValues', () => {
  it.each<[string, Json | undefined, Json | undefined, object[]]>([
    ['the same', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ['another order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ['nothing and nothing', undefined, undefined, []],
    ['nothing and something', undefined, null, [{ path: '', after: null }]],
    ['a leaf', { a: { b: 1 } }, { a: { b: 2 } }, [{ path: '/a/b', before: 1, after: 2 }]],
    ['a key more', {}, { a: [1] }, [{ path: '/a', after: [1] }]],
    ['an element less', [1, 2], [1], [{ path: '/1', before: 2 }]],
    ['another type', { a: [] }, { a: {} }, [{ path: '/a', before: [], after: {} }]],
    ['keys that need escape', { 'a/b~c': 1 }, { 'a/b~c': 2 }, [{ path: '/a~1b~0c', before: 1, after: 2 }]],
    [
      'keys of the prototype',
      {},
      JSON.parse('{"__proto__":1,"toString":2}'),
      [
        { path: '/__proto__', after: 1 },
        { path: '/toString', after: 2 },
      ],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(compareValues(before, after)).toEqual(expected);
  });

  it('finds nothing in what is equal, and something in what is not', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const [left, right] = [a, b].map((value) => JSON.parse(JSON.stringify(value)) as Json) as [
          Json,
          Json,
        ];
        expect(compareValues(left, structuredClone(left))).toEqual([]);
        const found = compareValues(left, right);
        expect(found.length === 0).toBe(isEqual(left, right));
        for (const { path } of found)
          expect(at(left, path) === undefined && at(right, path) === undefined).toBe(false);
      }),
    );
  });

  it('stays small whatever is compared', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => index);
    expect(compareValues(many, [])).toHaveLength(200);
    const [long] = compareValues('x'.repeat(1 << 20), 'y');
    expect(JSON.stringify(long).length).toBeLessThan(3_000);
    const deep = (leaf: number) => JSON.parse(`${'['.repeat(1_000)}${leaf}${']'.repeat(1_000)}`) as Json;
    expect(compareValues(deep(1), deep(1))).toEqual([]);
    expect(compareValues(deep(1), deep(2))).toHaveLength(1);
  });
});

describe('compareSteps', () => {
  const step = (more: Partial<ComparedStep> = {}): ComparedStep => ({
    status: 'succeeded',
    durationMs: 5,
    attempts: 1,
    error: null,
    ...more,
  });
  const compare = (before: Record<string, ComparedStep>, after: Record<string, ComparedStep>) =>
    compareSteps(
      ['a', 'b', 'c', 'none'],
      (key) => before[key],
      (key) => after[key],
    );

  it('leaves out what differs in time alone', () => {
    expect(compare({ a: step() }, { a: step({ durationMs: 7_000 }) })).toEqual([]);
  });

  it('says what differs, what is gone and what is new', () => {
    const before = { a: step({ output: { n: 1 } }), b: step() };
    const after = {
      a: step({ output: { n: 2 }, durationMs: null, status: 'failed', error: 'x', attempts: 3 }),
      c: step(),
    };
    expect(compare(before, after)).toEqual([
      {
        key: 'a',
        change: 'changed',
        status: ['succeeded', 'failed'],
        durationMs: [5, null],
        attempts: [1, 3],
        output: [{ path: '/n', before: 1, after: 2 }],
        error: [null, 'x'],
      },
      { key: 'b', change: 'removed' },
      { key: 'c', change: 'added' },
    ]);
  });
});

function isEqual(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) => Object.hasOwn(b, key) && isEqual(at(a, `/${escapeKey(key)}`)!, at(b, `/${escapeKey(key)}`)!),
    )
  );
}

function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function at(value: Json, path: string): Json | undefined {
  return path
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<Json | undefined>((found, key) => {
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
      return (found as Record<string, Json>)[key];
    }, value);
}
