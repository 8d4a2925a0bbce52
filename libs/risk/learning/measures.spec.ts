import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  computeAuc,
  computeBrier,
  computeCalibration,
  computeCalibrationError,
  computeChanceError,
  computePrAuc,
  computeRecallAtEffort,
} from './measures.js';

describe('the area under the curve', () => {
  it.each([
    // Pairs of a defect and none: 0.4 > 0.1, 0.4 > 0.35, 0.8 > both.
    ['a few', [0.1, 0.4, 0.35, 0.8], [0, 1, 0, 1], 1],
    // 0.35 > 0.1 but not 0.4; 0.8 > both: 3 of 4.
    ['one pair wrong', [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.75],
    ['all tied', [0.5, 0.5, 0.5], [0, 1, 0], 0.5],
    // (1 + 0.5 + 1 + 1) / 4
    ['one tie', [0.2, 0.3, 0.3, 0.9], [0, 1, 0, 1], 0.875],
    ['one kind', [0.2, 0.3], [1, 1], undefined],
  ])('%s', (_, scores, labels, expected) => {
    expect(computeAuc({ scores, labels })).toEqual(expected);
  });

  it('counts pairs, and does not change with what keeps the order', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom(0, 1)), { minLength: 2 });
    fc.assert(
      fc.property(rows, (pairs) => {
        const [scores, labels] = [pairs.map(([score]) => score), pairs.map(([, label]) => label)];
        let [sum, count] = [0, 0];
        for (const [high, one] of pairs)
          for (const [low, none] of pairs)
            if (one === 1 && none === 0) {
              sum += high > low ? 1 : high === low ? 0.5 : 0;
              count += 1;
            }
        const auc = computeAuc({ scores, labels });
        if (count === 0) expect(auc).toBeUndefined();
        else expect(auc).toBeCloseTo(sum / count, 12);
        expect(computeAuc({ scores: scores.map((score) => Math.exp(score)), labels })).toEqual(auc);
      }),
    );
  });
});

it('average precision finds tied changes together', () => {
  // 1/1, then with the second defect 2/3; one half each.
  expect(computePrAuc({ scores: [0.9, 0.8, 0.7], labels: [1, 0, 1] })).toBeCloseTo((1 + 2 / 3) / 2, 12);
  // The tie holds one defect of two changes.
  expect(computePrAuc({ scores: [0.9, 0.9], labels: [0, 1] })).toBe(0.5);
  expect(computePrAuc({ scores: [0.9], labels: [0] })).toBeUndefined();
});

it('the Brier score is the mean squared distance', () => {
  expect(computeBrier({ scores: [0.5, 1, 0], labels: [1, 1, 1] })).toBeCloseTo((0.25 + 0 + 1) / 3, 12);
});

describe('the calibration error', () => {
  const judged = { scores: [0.1, 0.2, 0.6, 0.8], labels: [0, 0, 1, 0] };

  it('compares what is expected with what came true, in bins of one size', () => {
    const bins = computeCalibration(judged, 2);
    expect(bins).toEqual([
      { count: 2, expected: expect.closeTo(0.15, 12), observed: 0 },
      { count: 2, expected: expect.closeTo(0.7, 12), observed: 0.5 },
    ]);
    expect(computeCalibrationError(bins)).toBeCloseTo((0.15 + 0.2) / 2, 12);
  });

  it('is by chance the mean distance of a share from its probability', () => {
    const bins = [{ count: 100, expected: 0.5, observed: 0 }];
    expect(computeChanceError(bins)).toBeCloseTo(0.05 * Math.sqrt(2 / Math.PI), 12);
  });

  it('has no bin without changes', () => {
    expect(computeCalibration(judged, 10)).toHaveLength(4);
  });
});

describe('recall at 20 % effort', () => {
  it('looks first where most defects are expected for a line', () => {
    // Lines 10, 50, 20, 20: a budget of 20. By score per line: the third (0.04), the first (0.02), which is beyond it.
    const judged = { scores: [0.2, 0.9, 0.8, 0.1], labels: [1, 1, 1, 0] };
    expect(computeRecallAtEffort(judged, [10, 50, 20, 20])).toBeCloseTo(1 / 3, 12);
    expect(computeRecallAtEffort(judged, [10, 50, 20, 20], 1)).toBe(1);
  });

  it('counts no effort as one line', () => {
    expect(computeRecallAtEffort({ scores: [0.1, 0.9], labels: [1, 0] }, [0, 9], 0.2)).toBe(1);
  });
});
