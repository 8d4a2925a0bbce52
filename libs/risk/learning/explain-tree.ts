import { findQuadrature } from './quadrature.js';
import type { Tree } from './tree.js';

/**
 * Adds to `sums` what each feature of `row` adds to the answer of `tree`: Shapley values, where a feature that is not known
 * goes both ways in proportion to the training rows that did (path-dependent TreeSHAP, Lundberg et al. 2020). Returns the
 * answer when nothing is known; that and what was added make up the answer of the tree.
 *
 * What a leaf gives is a product over the features on its path: 1 or 0 where the row is known to go this way or not, else
 * the share of the rows that do. The Shapley value of a feature is the integral from 0 to 1 of the slope in its direction,
 * every feature being known with chance t (Owen 1972); the slope is a polynomial in t, so Gauss's quadrature is exact. All
 * leaves below a node are summed up on the way back, so a tree is walked once (Yu et al. 2022).
 */
export function explainTree(tree: Tree, row: ArrayLike<number>, sums: Float64Array): number {
  const { features, depth } = measureTree(tree);
  const { points, weights } = findQuadrature(features);
  const rows = () => Array.from({ length: depth + 1 }, () => new Float64Array(points.length));
  const walk: Walk = {
    tree,
    row,
    sums,
    points,
    weights,
    goes: new Float64Array(sums.length).fill(1),
    shares: new Float64Array(sums.length).fill(1),
    products: rows(),
    below: rows(),
  };
  walk.products[0]!.fill(1);
  return descend(walk, 0, 0, 1);
}

interface Walk {
  readonly tree: Tree;
  readonly row: ArrayLike<number>;
  readonly sums: Float64Array;
  readonly points: Float64Array;
  readonly weights: Float64Array;
  /** By feature, all conditions on the way to a node as one: 1 where the row fulfils them, and the part of the rows that do. */
  readonly goes: Float64Array;
  readonly shares: Float64Array;
  /** By depth and point: the product over the features on the way, and the sum over the leaves below. */
  readonly products: readonly Float64Array[];
  readonly below: readonly Float64Array[];
}

/** `unknown` is the product when nothing is known; returns the sum over the leaves below then. */
function descend(walk: Walk, node: number, depth: number, unknown: number): number {
  const { tree, row, goes, shares, below } = walk;
  const left = tree.left[node]!;
  const mine = below[depth]!;
  if (left === 0) {
    const value = tree.value[node]!;
    const product = walk.products[depth]!;
    for (let at = 0; at < mine.length; at += 1) mine[at] = value * product[at]!;
    return value * unknown;
  }
  mine.fill(0);
  const feature = tree.feature[node]!;
  const [went, share] = [goes[feature]!, shares[feature]!];
  const way = row[feature]! <= tree.threshold[node]! ? left : left + 1;
  let start = 0;
  for (let child = left; child <= left + 1; child += 1) {
    const part = tree.cover[child]! / tree.cover[node]!;
    goes[feature] = child === way ? went : 0;
    shares[feature] = share * part;
    multiply(walk, depth, feature, went, share);
    start += descend(walk, child, depth + 1, unknown * part);
    gather(walk, depth, feature, went, share);
  }
  goes[feature] = went;
  shares[feature] = share;
  return start;
}

/**
 * The product one deeper: with the chance that the feature lets the row by now, for that before. Known with chance t, it is
 * `share + t * (goes - share)`: never 0 within (0, 1).
 */
function multiply(walk: Walk, depth: number, feature: number, went: number, share: number): void {
  const { points } = walk;
  const [product, next] = [walk.products[depth]!, walk.products[depth + 1]!];
  const [goes, part] = [walk.goes[feature]!, walk.shares[feature]!];
  for (let at = 0; at < points.length; at += 1) {
    const t = points[at]!;
    next[at] = (product[at]! * (part + t * (goes - part))) / (share + t * (went - share));
  }
}

/** What lies below the child goes to its parent, and what the feature adds there to its sum: by how its chance rises with t. */
function gather(walk: Walk, depth: number, feature: number, went: number, share: number): void {
  const { points, weights, sums } = walk;
  const [mine, childs] = [walk.below[depth]!, walk.below[depth + 1]!];
  const [goes, part] = [walk.goes[feature]!, walk.shares[feature]!];
  let sum = 0;
  for (let at = 0; at < points.length; at += 1) {
    const t = points[at]!;
    const rise = (goes - part) / (part + t * (goes - part)) - (went - share) / (share + t * (went - share));
    sum += weights[at]! * childs[at]! * rise;
    mine[at] = mine[at]! + childs[at]!;
  }
  sums[feature] = sums[feature]! + sum;
}

function measureTree({ left, feature }: Tree): { readonly features: number; readonly depth: number } {
  const seen = new Set<number>();
  const depths = new Uint16Array(left.length);
  let depth = 0;
  for (let node = 0; node < left.length; node += 1) {
    const child = left[node]!;
    if (child === 0) continue;
    seen.add(feature[node]!);
    depths[child] = depths[child + 1] = depths[node]! + 1;
    depth = Math.max(depth, depths[child]!);
  }
  return { features: seen.size, depth };
}
