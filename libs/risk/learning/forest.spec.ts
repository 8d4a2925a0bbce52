import { describe, expect, it } from '@jest/globals';
import { type ForestSettings, trainForest } from './forest.js';
import { toLogOdds, toProbability } from './log-odds.js';
import { computeAuc } from './measures.js';
import { makeExclusive } from './testing/make-exclusive.js';
import { applyTrees } from './tree.js';

const SETTINGS: ForestSettings = {
  trees: 40,
  leaves: 32,
  rowsPerLeaf: 5,
  columnShare: 0.7,
  edges: 63,
  prior: 3,
  seed: 5,
};

describe('a forest', () => {
  const { table, labels, weights } = makeExclusive(600, 1);
  const forest = trainForest(table, labels, weights, SETTINGS);

  it('learns what no line parts', () => {
    const other = makeExclusive(400, 2);
    const scores = other.labels.map((_, row) =>
      applyTrees(
        forest,
        other.table.columns.map((column) => column[row]!),
      ),
    );
    expect(computeAuc({ scores, labels: other.labels })).toBeGreaterThan(0.95);
  });

  it('gives the same again, and something else with another seed', () => {
    expect(trainForest(table, labels, weights, SETTINGS)).toEqual(forest);
    expect(trainForest(table, labels, weights, { ...SETTINGS, seed: 6 })).not.toEqual(forest);
  });

  it('shows every tree all rows; keeps enough in each leaf, and not too many leaves', () => {
    expect(forest.trees).toHaveLength(SETTINGS.trees);
    for (const { left, cover } of forest.trees) {
      const leaves = cover.filter((_, node) => left[node] === 0);
      expect(cover[0]).toBe(600);
      expect(leaves.length).toBeLessThanOrEqual(SETTINGS.leaves);
      expect(Math.min(...leaves)).toBeGreaterThanOrEqual(SETTINGS.rowsPerLeaf);
    }
  });

  it('says at a leaf the log odds of its share of defects, drawn to the usual one by the prior', () => {
    // One cut is possible: 20 rows of which 2 are defects, 20 of which 14 are. Usual are 0.4.
    const columns = [Float64Array.from({ length: 40 }, (_, row) => (row < 20 ? 0 : 1))];
    const some = Array.from({ length: 40 }, (_, row) => Number(row < 2 || row >= 26));
    const all = new Float64Array(40).fill(1);
    const one = trainForest({ rows: 40, columns }, some, all, { ...SETTINGS, columnShare: 1 });
    expect(applyTrees(one, [0])).toBeCloseTo(toLogOdds((2 + 3 * 0.4) / 23), 5);
    expect(applyTrees(one, [1])).toBeCloseTo(toLogOdds((14 + 3 * 0.4) / 23), 5);
  });

  it('says the usual share when there is nothing to part by, or no tree', () => {
    const flat = { rows: 40, columns: [new Float64Array(40)] };
    const some = Array.from({ length: 40 }, (_, row) => Number(row < 10));
    for (const trees of [0, 3]) {
      const base = trainForest(flat, some, new Float64Array(40).fill(1), { ...SETTINGS, trees });
      expect(toProbability(applyTrees(base, [0]))).toBeCloseTo(0.25, 5);
    }
  });
});
