import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sharePoints } from './share-points.js';

it.each([
  ['what needs no rounding', [30, 12.5, -2.5], 40, [30, 12.5, -2.5]],
  // In quarters 1.32, 1.28, 1.4: one each, and the largest rest gets the one that is left.
  ['rests', [0.33, 0.32, 0.35], 1, [0.25, 0.25, 0.5]],
  ['equal rests', [0.5 / 3, 0.5 / 3, 0.5 / 3], 1, [0.5, 0.25, 0.25]],
  ['nothing', [0, 0], 0, [0, 0]],
])('%s', (_, points, total, expected) => {
  expect(sharePoints(points, total)).toEqual(expected);
});

it('adds up to the total, and none is a point from its share', () => {
  const shares = fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { minLength: 3, maxLength: 30 });
  fc.assert(
    fc.property(shares, (points) => {
      const total = Math.round(points.reduce((sum, each) => sum + each, 0)) + 0;
      const shared = sharePoints(points, total);
      expect(shared.reduce((sum, each) => sum + each, 0)).toBe(total);
      for (const [at, each] of shared.entries()) expect(Math.abs(each - points[at]!)).toBeLessThanOrEqual(1);
    }),
  );
});
