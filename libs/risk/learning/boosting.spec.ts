import { describe, expect, it } from '@jest/globals';
import { findBin, findEdges } from './bins.js';
import { type BoostingSettings, trainBoosting } from './boosting.js';
import { toProbability } from './log-odds.js';
import { computeAuc } from './measures.js';
import { makeExclusive } from './testing/make-exclusive.js';
import { applyTrees } from './tree.js';

const SETTINGS: BoostingSettings = {
  bags: 2,
  chanceBags: 1,
  rowShare: 0.8,
  rounds: 60,
  edges: 31,
  leaves: 4,
  rowsPerLeaf: 10,
  columnShare: 1,
  ridge: 1,
  rate: 0.1,
  seed: 5,
};

describe('bins', () => {
  it('part a column evenly', () => {
    expect(findEdges(Float64Array.of(4, 1, 3, 2), 1)).toEqual([2.5]);
    expect(findEdges(Float64Array.of(1, 1, 1, 1), 9)).toEqual([]);
    expect(findEdges(Float64Array.of(1, 1, 1, 1, 1, 2), 2)).toEqual([1]);
  });

  it('hold what is not above their edge', () => {
    expect([0.5, 1, 1.5, 2, 9].map((value) => findBin([1, 2], value))).toEqual([0, 0, 1, 1, 2]);
  });
});

describe('boosting', () => {
  const { table, labels, weights } = makeExclusive(600, 1);
  const model = trainBoosting(table, labels, weights, SETTINGS);

  it('learns what no line parts', () => {
    const other = makeExclusive(400, 2);
    const scores = other.labels.map((_, row) =>
      applyTrees(
        model,
        other.table.columns.map((column) => column[row]!),
      ),
    );
    expect(computeAuc({ scores, labels: other.labels })).toBeGreaterThan(0.97);
  });

  it('gives the same again, and something else with another seed', () => {
    expect(trainBoosting(table, labels, weights, SETTINGS)).toEqual(model);
    expect(trainBoosting(table, labels, weights, { ...SETTINGS, seed: 6 })).not.toEqual(model);
  });

  it('keeps enough rows in each leaf, and not too many leaves', () => {
    for (const { left, cover } of model.trees) {
      const leaves = cover.filter((_, node) => left[node] === 0);
      expect(leaves.length).toBeLessThanOrEqual(SETTINGS.leaves);
      expect(Math.min(...leaves)).toBeGreaterThanOrEqual(SETTINGS.rowsPerLeaf);
    }
  });

  it('says the share of defects when there is nothing to part by', () => {
    const flat = { rows: 40, columns: [new Float64Array(40)] };
    const some = Array.from({ length: 40 }, (_, row) => Number(row < 10));
    const base = trainBoosting(flat, some, new Float64Array(40).fill(1), { ...SETTINGS, rowShare: 1 });
    expect(toProbability(applyTrees(base, [0]))).toBeCloseTo(0.25, 5);
  });
});
