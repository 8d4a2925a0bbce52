import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { explainTree } from './explain-tree.js';
import { trainForest } from './forest.js';
import { findQuadrature } from './quadrature.js';
import { createRandom } from './random.js';
import { makeExclusive } from './testing/make-exclusive.js';
import { applyTree, type Tree } from './tree.js';

/** What the tree is expected to say when only `known` features are. */
function expected(tree: Tree, row: readonly number[], known: ReadonlySet<number>, node = 0): number {
  const left = tree.left[node]!;
  if (left === 0) return tree.value[node]!;
  const feature = tree.feature[node]!;
  if (known.has(feature))
    return expected(tree, row, known, row[feature]! <= tree.threshold[node]! ? left : left + 1);
  const share = tree.cover[left]! / tree.cover[node]!;
  return share * expected(tree, row, known, left) + (1 - share) * expected(tree, row, known, left + 1);
}

/** By definition: the mean of what a feature adds over all orders in which the features become known. */
function shapley(tree: Tree, row: readonly number[]): number[] {
  const sums = row.map(() => 0);
  const orders = permute([...row.keys()]);
  for (const order of orders)
    for (const [at, feature] of order.entries()) {
      const [before, after] = [order.slice(0, at), order.slice(0, at + 1)].map((known) =>
        expected(tree, row, new Set(known)),
      ) as [number, number];
      sums[feature] = sums[feature]! + (after - before) / orders.length;
    }
  return sums;
}

function permute(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permute(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

const FEATURES = 4;

/** Splits leaves drawn by chance, so that a feature comes again on the same path. */
function drawTree(seed: number): Tree {
  const random = createRandom(seed);
  const draw = (limit: number) => Math.floor(random() * limit);
  const tree = { feature: [0], threshold: [0], left: [0], value: [random()], cover: [64 + draw(64)] };
  for (let split = 0; split < 10; split += 1) {
    const leaves = [...tree.left.keys()].filter((node) => tree.left[node] === 0);
    const node = leaves[draw(leaves.length)]!;
    tree.feature[node] = draw(FEATURES);
    tree.threshold[node] = random();
    tree.left[node] = tree.left.length;
    const share = 0.1 + 0.8 * random();
    for (const part of [share, 1 - share]) {
      tree.feature.push(0);
      tree.threshold.push(0);
      tree.left.push(0);
      tree.value.push(random() - 0.5);
      tree.cover.push(tree.cover[node]! * part);
    }
  }
  return tree;
}

describe('the explanation of a tree', () => {
  it('is the mean of what a feature adds, over all orders', () => {
    const value = fc.double({ min: 0, max: 1, noNaN: true });
    const rows = fc.array(value, { minLength: FEATURES, maxLength: FEATURES });
    fc.assert(
      fc.property(fc.nat(1_000), rows, (seed, row) => {
        const tree = drawTree(seed);
        const sums = new Float64Array(FEATURES);
        expect(explainTree(tree, row, sums)).toBeCloseTo(expected(tree, row, new Set()), 12);
        for (const [at, each] of shapley(tree, row).entries()) expect(sums[at]).toBeCloseTo(each, 12);
      }),
      { numRuns: 60 },
    );
  });

  it('adds up to what the trees say', () => {
    const { table, labels, weights } = makeExclusive(300, 4);
    const { trees } = trainForest(table, labels, weights, {
      trees: 10,
      leaves: 64,
      rowsPerLeaf: 2,
      columnShare: 1,
      edges: 63,
      prior: 1,
      seed: 3,
    });
    const value = fc.double({ min: -1, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 3, maxLength: 3 }), (row) => {
        for (const each of trees) {
          const sums = new Float64Array(3);
          const start = explainTree(each, row, sums);
          expect(start + sums[0]! + sums[1]! + sums[2]!).toBeCloseTo(applyTree(each, row), 9);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('of a tree that is a leaf, is that leaf', () => {
    const leaf: Tree = { feature: [0], threshold: [0], left: [0], value: [0.7], cover: [9] };
    const sums = new Float64Array(2);
    expect(explainTree(leaf, [1, 2], sums)).toBe(0.7);
    expect([...sums]).toEqual([0, 0]);
  });
});

describe('quadrature', () => {
  it.each([1, 2, 5, 12, 26, 48])('is exact for polynomials of a degree below %d', (degree) => {
    const { points, weights } = findQuadrature(degree);
    expect(points.length).toBe(Math.ceil(degree / 2));
    for (let power = 0; power < degree; power += 1) {
      const integral = points.reduce((sum, t, at) => sum + weights[at]! * t ** power, 0);
      expect(integral).toBeCloseTo(1 / (power + 1), 12);
    }
  });
});
