/** Smallest part of a point: sums of quarters are exact in floating point. */
const PARTS = 4;

/**
 * Shares `total` points (a whole number) out in the given proportions, in quarters of a point, so that they add up to exactly
 * `total`: each gets its share rounded down, and the largest remainders are rounded up, the earlier of equals first.
 */
export function sharePoints(points: readonly number[], total: number): number[] {
  const wanted = points.map((each) => each * PARTS);
  const floors = wanted.map(Math.floor);
  let left = total * PARTS - floors.reduce((sum, each) => sum + each, 0);
  const order = wanted
    .map((each, at) => ({ at, rest: each - floors[at]! }))
    .sort((one, other) => other.rest - one.rest || one.at - other.at);
  // Rounding of `points` themselves may leave more to share out than there are, or less than none.
  for (let turn = 0; left !== 0; turn += 1) {
    const { at } = left > 0 ? order[turn % order.length]! : order.at(-1 - (turn % order.length))!;
    floors[at] = floors[at]! + Math.sign(left);
    left -= Math.sign(left);
  }
  // Not -0, which JSON would lose.
  return floors.map((each) => each / PARTS + 0);
}
