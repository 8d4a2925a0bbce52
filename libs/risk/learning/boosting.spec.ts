import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findBin, findEdges } from './bins.js';
import { applyBoosting, type BoostingSettings, trainBoosting } from './boosting.js';
import { explainTree } from './explain-tree.js';
import { toProbability } from './log-odds.js';
import { computeAuc } from './measures.js';
import { createRandom } from './random.js';
import { applyTree, type Tree } from './tree.js';

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

/** Two marks of which exactly one makes a defect, which no line parts, and a column of noise. */
function makeExclusive(rows: number, seed: number) {
  const random = createRandom(seed);
  const columns = [0, 1, 2].map(() => Float64Array.from({ length: rows }, () => random()));
  const labels = Array.from({ length: rows }, (_, row) =>
    Number(columns[0]![row]! > 0.5 !== columns[1]![row]! > 0.5),
  );
  return { table: { rows, columns }, labels, weights: new Float64Array(rows).fill(1) };
}

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
      applyBoosting(
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
    expect(toProbability(applyBoosting(base, [0]))).toBeCloseTo(0.25, 5);
  });
});

describe('the explanation of a tree', () => {
  /** Left at 0 or below: by feature 0, then on the right by feature 1, then once more by feature 0. */
  const tree: Tree = {
    feature: [0, 0, 1, 0, 0, 0, 0],
    threshold: [0, 0, 0, 0, 5, 0, 0],
    left: [1, 0, 3, 0, 5, 0, 0],
    value: [0, 1, 0, 2, 0, 4, 9],
    cover: [100, 40, 60, 20, 40, 30, 10],
  };

  /** What the tree is expected to say when only `known` features are. */
  function expected(row: readonly number[], known: ReadonlySet<number>, node = 0): number {
    const left = tree.left[node]!;
    if (left === 0) return tree.value[node]!;
    const feature = tree.feature[node]!;
    if (known.has(feature))
      return expected(row, known, row[feature]! <= tree.threshold[node]! ? left : left + 1);
    const share = tree.cover[left]! / tree.cover[node]!;
    return share * expected(row, known, left) + (1 - share) * expected(row, known, left + 1);
  }

  it('is the mean of what a feature adds, over both orders', () => {
    const value = fc.constantFrom(-1, 1, 7);
    fc.assert(
      fc.property(value, value, (zero, one) => {
        const row = [zero, one];
        const sums = new Float64Array(2);
        const start = explainTree(tree, row, sums);
        const at = (...known: number[]) => expected(row, new Set(known));
        expect(start).toBeCloseTo(at(), 12);
        expect(sums[0]).toBeCloseTo((at(0) - at() + at(0, 1) - at(1)) / 2, 12);
        expect(sums[1]).toBeCloseTo((at(1) - at() + at(0, 1) - at(0)) / 2, 12);
      }),
    );
  });

  it('adds up to what the trees say', () => {
    const { table, labels, weights } = makeExclusive(300, 4);
    const model = trainBoosting(table, labels, weights, { ...SETTINGS, rounds: 20, leaves: 8 });
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
        (row) => {
          for (const each of model.trees) {
            const sums = new Float64Array(3);
            const start = explainTree(each, row, sums);
            expect(start + sums[0]! + sums[1]! + sums[2]!).toBeCloseTo(applyTree(each, row), 9);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});
