import { describe, expect, it } from '@jest/globals';
import { makeChange, makeProject, START } from '../testing/synthetic-project.js';
import { COLUMNS } from './columns.js';
import { computeFeatures, computeHistory, computeReference, FEATURES } from './features.js';
import { HALF_TRUST, PAST_LENGTH, Past, RANKED } from './past.js';

const CHANGES = makeProject('p', 120, 11).changes.map(({ factors }) => factors);
const REFERENCE = computeReference([CHANGES]);
const feature = (name: string) => FEATURES.findIndex((each) => each.name === name);

it('a change is described by what came before it, never by what comes after', () => {
  const all = computeHistory(CHANGES, REFERENCE);
  expect(computeHistory(CHANGES.slice(0, 70), REFERENCE)).toEqual(all.slice(0, 70));
});

it('the same comes out, one by one or as a history', () => {
  const past = Past.of(CHANGES.slice(0, 70));
  expect(computeFeatures(CHANGES[70]!, past, REFERENCE)).toEqual(computeHistory(CHANGES, REFERENCE)[70]);
});

it('only the latest changes count; of the oldest of them, what came before is not known', () => {
  const many = Array.from({ length: PAST_LENGTH + 50 }, (_, at) => makeChange({ la: at, at: START + at }));
  const change = makeChange({ la: 60, at: START + 5_000 });
  const [all, latest] = [many, many.slice(50)].map((changes) => {
    const row = computeFeatures(change, Past.of(changes), REFERENCE);
    return row.filter((_, at) => FEATURES[at]!.name.startsWith('rank:gap') === false);
  });
  expect(all).toEqual(latest);
});

describe('a rank', () => {
  const at = RANKED.findIndex(({ name }) => name === 'la');
  const past = Past.of([1, 5, 5, 9].map((la) => makeChange({ la })));

  it.each([
    [0, 0],
    [1, 0.125],
    [5, 0.5],
    [7, 0.75],
    [99, 1],
  ])('of %d lines among 1, 5, 5 and 9 is %d', (la, expected) => {
    expect(past.rankHere(at, Math.log1p(la))).toBe(expected);
  });

  it('of a young project leans on the projects learnt from', () => {
    const reference = RANKED.map(() => [0]);
    const rank = past.rank(at, Math.log1p(99), reference);
    expect(rank).toBeCloseTo((4 * 1 + HALF_TRUST * 1) / (4 + HALF_TRUST), 12);
    expect(new Past().rank(at, -1, reference)).toBe(0);
    expect(past.rank(at, -1, reference)).toBe(0);
  });
});

it('every feature is finite, whatever the numbers', () => {
  const zero = Object.fromEntries(
    'ns nd nf entropy la ld lt ndev age nuc exp rexp sexp'.split(' ').map((name) => [name, 0]),
  );
  const large = Object.fromEntries(Object.keys(zero).map((name) => [name, 1e15]));
  for (const factors of [zero, large, { at: 0 }, { at: 1e12 }])
    for (const past of [new Past(), Past.of(CHANGES)])
      expect(
        [...computeFeatures(makeChange(factors), past, REFERENCE)].filter((value) => !Number.isFinite(value)),
      ).toEqual([]);
});

it('ratios and the pace are as they are said to be', () => {
  const past = Past.of([makeChange({ at: START }), makeChange({ at: START + 100 })]);
  const row = computeFeatures(
    makeChange({ at: START + 150, la: 9, ld: 1, nf: 2, entropy: 1, lt: 19 }),
    past,
    REFERENCE,
  );
  expect(row[feature('gap')]).toBeCloseTo(Math.log1p(50), 12);
  expect(row[feature('gap-of-ten')]).toBeCloseTo(Math.log1p(150), 12);
  expect(row[feature('added-share')]).toBeCloseTo(9.5 / 11, 12);
  expect(row[feature('la-of-lt')]).toBeCloseTo(Math.log(10 / 20), 12);
  expect(row[feature('evenness')]).toBeCloseTo(1, 12);
});

it('names are unique', () => {
  expect(new Set(FEATURES.map(({ name }) => name)).size).toBe(COLUMNS.length + RANKED.length);
});
