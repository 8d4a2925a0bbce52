import type { Tree } from './tree.js';

/**
 * Adds to `sums` what each feature of `row` adds to the answer of `tree`: Shapley values, where a feature that is not known
 * goes both ways in proportion to the training rows that did (path-dependent TreeSHAP, Lundberg et al. 2020). Returns the
 * answer when nothing is known; that and what was added make up the answer of the tree.
 *
 * By leaf: what a leaf gives is a product over the features on its path, of "the row goes this way" or of "this part of the
 * rows goes this way"; the Shapley value of a product follows from its elementary symmetric sums. Trees here are small.
 */
export function explainTree(tree: Tree, row: ArrayLike<number>, sums: Float64Array): number {
  let start = 0;
  visitLeaves(tree, row, (value, path) => {
    let unknown = value;
    for (const step of path) unknown *= step.share;
    start += unknown;
    for (const [at, step] of path.entries()) {
      const change = (step.goes ? 1 : 0) - step.share;
      if (change !== 0) sums[step.feature] = sums[step.feature]! + value * change * meanOfOrders(path, at);
    }
  });
  return start;
}

/** All conditions on one feature between root and leaf, as one. */
interface Step {
  readonly feature: number;
  readonly goes: boolean;
  /** Part of the rows that go this way. */
  readonly share: number;
}

function visitLeaves(
  tree: Tree,
  row: ArrayLike<number>,
  visit: (value: number, path: readonly Step[]) => void,
): void {
  const descend = (node: number, path: readonly Step[]): void => {
    const left = tree.left[node]!;
    if (left === 0) return visit(tree.value[node]!, path);
    const feature = tree.feature[node]!;
    const goesLeft = row[feature]! <= tree.threshold[node]!;
    for (const child of [left, left + 1]) {
      const goes = (child === left) === goesLeft;
      descend(child, addStep(path, { feature, goes, share: tree.cover[child]! / tree.cover[node]! }));
    }
  };
  descend(0, []);
}

function addStep(path: readonly Step[], step: Step): readonly Step[] {
  const at = path.findIndex((earlier) => earlier.feature === step.feature);
  if (at === -1) return [...path, step];
  const { goes, share } = path[at]!;
  return path.with(at, { ...step, goes: goes && step.goes, share: share * step.share });
}

/** The product over the other steps, each known or not, as its mean over all orders in which features become known. */
function meanOfOrders(path: readonly Step[], without: number): number {
  // By number of known steps: the sum of the products.
  let products = [1];
  for (const [at, { goes, share }] of path.entries()) {
    if (at === without) continue;
    const next = products.map((product) => product * share);
    next.push(0);
    if (goes) for (const [known, product] of products.entries()) next[known + 1] = next[known + 1]! + product;
    products = next;
  }
  // A set of `known` of the others comes before this one in known! (others - known)! of (others + 1)! orders.
  const others = path.length - 1;
  let weight = 1 / (others + 1);
  let mean = 0;
  for (const [known, product] of products.entries()) {
    mean += weight * product;
    weight *= (known + 1) / Math.max(others - known, 1);
  }
  return mean;
}
