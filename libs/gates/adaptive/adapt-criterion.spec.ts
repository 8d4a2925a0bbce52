import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCondition } from '../gate/condition.js';
import { earlier, judge } from '../testing/gates.js';
import { computeStrictness, tighten } from './strictness.js';

const LEARNT = `gate: 1
name: g
criteria:
- { metric: a, pass: "<= 300ms", warn: "<= 350ms", adapt: { floor: "<= 500ms", atLeast: 5, quantile: 90 } }
risk: { from: 50, tighten: 20% }
`;

/** Twenty runs: 100, 105, ... 195. */
const USUAL = Array.from({ length: 20 }, (_, index) => 100 + 5 * index);
const good = (values: readonly number[]) => earlier('a', values, { afterwards: 'good' });
const bad = (values: readonly number[]) => earlier('a', values, { afterwards: 'bad', outcome: 'pass' });

describe('limits that are learnt', () => {
  it('stand as written until enough runs are known to have ended well, and this is said', () => {
    const runs = [...good([100, 110, 120, 130]), ...earlier('a', [1, 2, 3, 4, 5, 6]), ...bad([100, 110])];
    const result = judge(LEARNT, { given: { a: 290 }, runs });
    expect(result).toMatchObject({
      outcome: 'pass',
      adapted: [],
      notes: [
        'a: the limit stands as written, 4 runs are known to have ended well, 5 needed.',
        'The gate grows stricter with the risk, and no risk was given: limits are no stricter than written.',
      ],
    });
    expect(judge(LEARNT, { given: { a: 290 }, runs, risk: 0 }).notes).toHaveLength(1);
  });

  it('stand as written where what is measured cannot be compared with them, which then decides nothing', () => {
    const runs = good(USUAL).map((run) => ({ ...run, values: new Map([['a', { value: 1, unit: '%' }]]) }));
    const result = judge(LEARNT, { given: { a: { value: 1, unit: '%' } }, runs, risk: 0 });
    expect(result).toMatchObject({
      outcome: 'inconclusive',
      adapted: [],
      notes: ['a: the limit stands as written, what is measured in % cannot be compared with it.'],
    });
  });

  it('become stricter where values are usually better: rank 0.9 * 21 is 189.5, and 1.4826 * 25 beside', () => {
    const result = judge(LEARNT, { given: { a: 240 }, runs: good(USUAL) });
    expect(result.criteria[0]).toMatchObject({ outcome: 'warn', expected: '<= 226.565 ms' });
    expect(result.adapted).toEqual([
      {
        criterion: 'a',
        level: 'pass',
        written: '<= 300 ms',
        used: '<= 226.565 ms',
        reason:
          'learnt from 20 runs that ended well and 0 that did not: 90% of the first were no worse than 189.5 ms, and 37.065 ms is left to chance',
      },
      expect.objectContaining({ level: 'warn', written: '<= 350 ms', used: '<= 276.565 ms' }),
    ]);
  });

  it('become looser where values are usually worse, down to the floor and no further', () => {
    const looser = judge(LEARNT, { given: { a: 400 }, runs: good(USUAL.map((value) => value + 250)) });
    expect(looser).toMatchObject({
      outcome: 'pass',
      adapted: [{ used: '<= 476.565 ms' }, { used: '<= 500 ms' }],
    });
    const floor = judge(LEARNT, { given: { a: 501 }, runs: good(USUAL.map((value) => value + 900)) });
    expect(floor).toMatchObject({ outcome: 'fail', adapted: [{ used: '<= 500 ms' }, { used: '<= 500 ms' }] });
    expect(floor.adapted[0]!.reason).toContain('the floor is <= 500 ms');
  });

  it('are not moved by a few outliers', () => {
    const runs = good([...USUAL, 9_000, 9_500, 10_000]);
    expect(judge(LEARNT, { given: { a: 150 }, runs }).adapted[0]!.used).toBe('<= 226.565 ms');
  });

  it('do not reach what ended badly, where that tells the two apart', () => {
    const apart = judge(LEARNT, { given: { a: 150 }, runs: [...good(USUAL), ...bad([160, 170, 180])] });
    expect(apart.adapted[0]).toMatchObject({
      used: '<= 170 ms',
      reason: expect.stringContaining('half of the second were worse than 170 ms'),
    });
    const alike = judge(LEARNT, { given: { a: 150 }, runs: [...good(USUAL), ...bad([100, 110, 120])] });
    expect(alike.adapted[0]!.used).toBe('<= 226.565 ms');
  });

  it('turn around where more is better', () => {
    const higher = LEARNT.replace('<= 300ms', '>= 80%')
      .replace('<= 350ms', '>= 75%')
      .replace('<= 500ms', '>= 60%');
    const runs = good([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
    // Rank 0.9 * 11 from the better end: 9.9, between 91 and 90; 1.4826 * 2.5 beside.
    expect(judge(higher, { given: { a: { value: 92, unit: '%' } }, runs }).adapted[0]!.used).toBe(
      '>= 86.3935%',
    );
    const worse = runs.map((run) => ({ ...run, values: new Map([['a', { value: 40 }]]) }));
    expect(judge(higher, { given: { a: 50 }, runs: worse })).toMatchObject({
      outcome: 'fail',
      adapted: [{ used: '>= 60%' }, { used: '>= 60%' }],
    });
  });

  it('are stricter still where the risk is high', () => {
    const result = judge(LEARNT, { given: { a: 200 }, runs: good(USUAL), risk: 75 });
    expect(result.adapted[0]).toMatchObject({
      used: '<= 203.909 ms',
      reason: expect.stringMatching(/^learnt.*; stricter by 10%, since the risk is 75/),
    });
  });

  it('are never looser than the floor, whatever was recorded and however low the risk', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 60 });
    fc.assert(
      fc.property(values, values, fc.integer({ min: 0, max: 100 }), (well, badly, risk) => {
        const result = judge(LEARNT, { given: { a: 500.01 }, runs: [...good(well), ...bad(badly)], risk });
        expect(result.outcome).toBe('fail');
      }),
      { numRuns: 100 },
    );
  });
});

describe('strictness by risk', () => {
  it.each([
    [undefined, 0],
    [0, 0],
    [50, 0],
    [75, 0.1],
    [100, 0.2],
  ])('a risk of %p asks for a share of %d', (risk, share) => {
    expect(computeStrictness({ from: 50, tighten: 20 }, risk)).toBeCloseTo(share, 12);
  });

  it.each([
    ['<= 300ms', '<= 270 ms'],
    ['>= 80%', '>= 82%'],
    ['>= 80', '>= 88'],
    ['<= 5%', '<= 4.5%'],
    ['<= +10%', '<= +9%'],
    ['>= -5%', '>= -4.5%'],
    ['<= (-5)', '<= (-5.5)'],
    ['= 0', '= 0'],
    ['<= 0', '<= 0'],
  ])('a tenth turns %s into %s', (text, stricter) => {
    const reading = parseCondition(text);
    expect('condition' in reading && tighten(reading.condition, 0.1, undefined).text).toBe(stricter);
  });
});
