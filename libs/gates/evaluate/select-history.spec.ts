import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OUTCOMES } from '#contracts/judgement/gate-result.js';
import { readGate } from '../gate/read-gate.js';
import type { EarlierRun } from '../gate/read-history.js';
import { evaluateGate } from './evaluate-gate.js';
import { selectHistory } from './select-history.js';

const gateOf = (criteria: string) =>
  readGate(`{ gate: 1, name: sample, criteria: [${criteria}] }`).gate ??
  ((): never => {
    throw new Error(`no gate: ${criteria}`);
  })();

const ABSOLUTE = '{ metric: p95, pass: "<= 100" }';
const RELATIVE = '{ metric: p95, pass: "<= +10%", compare: { last: 3, of: passed, atLeast: 2 } }';
const WIDER =
  '{ name: all, metric: size, pass: "<= +5", compare: { with: p90, last: 5, of: all, atLeast: 1 } }';
const TREND = '{ metric: errors, trend: { direction: lower, last: 10 } }';
const LEARNT =
  '{ name: learnt, metric: p95, pass: "<= 90", adapt: { floor: "<= 100", atLeast: 5, last: 10 } }';

type EarlierValue = EarlierRun['values'] extends ReadonlyMap<string, infer V> ? V : never;

const value = fc.record({ value: fc.integer({ min: 1, max: 200 }) }, { requiredKeys: ['value'] });
const run = fc
  .record({
    outcome: fc.constantFrom(...OUTCOMES),
    p95: fc.option(value, { nil: undefined }),
    size: fc.option(value, { nil: undefined }),
    errors: fc.option(value, { nil: undefined }),
    unused: value,
    afterwards: fc.constantFrom('good' as const, 'bad' as const, undefined),
  })
  .map(
    ({ outcome, afterwards, ...values }): Omit<EarlierRun, 'at'> => ({
      outcome,
      values: new Map(
        Object.entries(values).filter((entry): entry is [string, EarlierValue] => entry[1] !== undefined),
      ),
      ...(afterwards === undefined ? {} : { afterwards }),
    }),
  );
const runs = fc
  .array(run, { maxLength: 40 })
  .map((list) => list.map((each, at): EarlierRun => ({ ...each, at: 1_000_000 - at })));

describe('selectHistory', () => {
  it.each([
    ['limits of their own', ABSOLUTE],
    ['earlier runs', RELATIVE],
    ['a trend', TREND],
    ['what is learnt', LEARNT],
    ['all of these', [ABSOLUTE.replace('{', '{ name: own,'), RELATIVE, WIDER, TREND, LEARNT].join(', ')],
  ])('leaves out nothing that a gate looks at: %s', (_, criteria) => {
    const gate = gateOf(criteria);
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 200 }), (history, number) => {
        const judge = (looked: readonly EarlierRun[]) =>
          JSON.stringify(
            evaluateGate(gate, {
              measurements: ['p95', 'size', 'errors'].map((metric) => ({
                metric,
                value: number,
                source: 'test',
              })),
              history: { runs: looked, notes: [] },
              at: '2026-11-22T08:30:00Z',
            }),
          );
        expect(judge(selectHistory(gate, history))).toBe(judge(history));
      }),
      { numRuns: 60 },
    );
  });

  it('holds nothing where nothing is compared, and no metric that is not', () => {
    const history = fc.sample(runs, { numRuns: 5, seed: 1 }).flat();
    expect(selectHistory(gateOf(ABSOLUTE), history)).toEqual([]);
    const metrics = selectHistory(gateOf(WIDER), history).flatMap(({ values }) => [...values.keys()]);
    expect(new Set(metrics)).toEqual(new Set(['size']));
    expect(selectHistory(gateOf(WIDER), history).length).toBeLessThanOrEqual(5);
  });
});
