import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { applyIsotonic, applyPlatt, fitIsotonic, fitPlatt, fitShift } from './calibration.js';
import { createRandom } from './random.js';

const OBSERVED = fc
  .array(fc.tuple(fc.double({ min: -5, max: 5, noNaN: true }), fc.constantFrom(0, 1)), {
    minLength: 1,
    maxLength: 60,
  })
  .map((rows) => ({
    scores: rows.map(([score]) => score),
    labels: rows.map(([, label]) => label),
    weights: rows.map(() => 1),
  }));

describe('isotonic regression', () => {
  it('pools what violates the order, worked out by hand', () => {
    // 0 1 | 1 0 pooled to 1/2 | then 1: scores of a pool stand at their mean.
    expect(fitIsotonic({ scores: [1, 2, 3, 4], labels: [0, 1, 0, 1], weights: [1, 1, 1, 1] })).toEqual({
      scores: [1, 2.5, 4],
      probabilities: [0, 0.5, 1],
    });
  });

  it('weighs, and joins equal scores', () => {
    expect(fitIsotonic({ scores: [1, 1, 2], labels: [0, 1, 1], weights: [3, 1, 1] })).toEqual({
      scores: [1, 2],
      probabilities: [0.25, 1],
    });
  });

  it('goes straight between, and level beyond', () => {
    const isotonic = { scores: [0, 2], probabilities: [0.2, 0.6] };
    expect([-1, 0, 1, 2, 3].map((score) => applyIsotonic(isotonic, score))).toEqual([
      0.2,
      0.2,
      expect.closeTo(0.4, 12),
      0.6,
      0.6,
    ]);
  });
});

describe('Platt scaling', () => {
  it('finds back the odds that made the labels', () => {
    const random = createRandom(3);
    const scores = Array.from({ length: 4_000 }, () => 6 * random() - 3);
    const labels = scores.map((score) => (random() < 1 / (1 + Math.exp(-(0.7 * score - 0.5))) ? 1 : 0));
    const platt = fitPlatt({ scores, labels, weights: scores.map(() => 1) });
    expect(platt.slope).toBeCloseTo(0.7, 1);
    expect(platt.intercept).toBeCloseTo(-0.5, 1);
  });

  it('never says the riskier is safer', () => {
    expect(fitPlatt({ scores: [0, 1, 2, 3], labels: [1, 1, 0, 0], weights: [1, 1, 1, 1] }).slope).toBe(0);
  });
});

it.each([
  ['isotonic', fitIsotonic, applyIsotonic],
  ['platt', fitPlatt, applyPlatt],
] as const)(
  '%s: a higher score never has a lower probability, and all are from 0 to 1',
  (_, learn, apply) => {
    fc.assert(
      fc.property(OBSERVED, fc.array(fc.double({ min: -9, max: 9, noNaN: true })), (observed, scores) => {
        const fitted = learn(observed) as never;
        const probabilities = scores.toSorted((a, b) => a - b).map((score) => apply(fitted, score));
        for (const [at, probability] of probabilities.entries()) {
          expect(probability).toBeGreaterThanOrEqual(at === 0 ? 0 : probabilities[at - 1]! - 1e-12);
          expect(probability).toBeLessThanOrEqual(1);
        }
      }),
    );
  },
);

describe('a shift', () => {
  const scores = Array.from({ length: 400 }, (_, at) => (at % 40) / 10 - 2);
  const random = createRandom(8);
  const labels = scores.map((score) => Number(random() < 1 / (1 + Math.exp(-(score - 1)))));
  const weights = scores.map(() => 1);
  const shift = fitShift({ scores, labels, weights }, 0);

  it('makes as many expected as came true', () => {
    expect(shift).toBeLessThan(-0.6);
    const expected = scores.reduce((sum, score) => sum + 1 / (1 + Math.exp(-score - shift)), 0);
    expect(expected).toBeCloseTo(
      labels.reduce((sum, label) => sum + label, 0),
      6,
    );
  });

  it('is held at 0 by what stands against it, and has an end where all came true', () => {
    const held = fitShift({ scores, labels, weights }, 400);
    expect(held).toBeLessThan(0);
    expect(held).toBeGreaterThan(0.7 * shift);
    expect(fitShift({ scores: [0, 0], labels: [1, 1], weights: [1, 1] }, 20)).toBeLessThan(0.5);
  });
});
