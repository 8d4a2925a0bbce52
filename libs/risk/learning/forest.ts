import { fillBins, findEdges } from './bins.js';
import { growTree } from './grow-tree.js';
import { toLogOdds } from './log-odds.js';
import { createRandom } from './random.js';
import type { Table } from './table.js';
import { mapLeaves, type Tree, type TreeSum } from './tree.js';
import { weightedMean } from './weighted-mean.js';

export interface ForestSettings {
  readonly trees: number;
  /** At most 128: what a byte can number. */
  readonly leaves: number;
  readonly rowsPerLeaf: number;
  /** Columns tried at each split, a share of all. */
  readonly columnShare: number;
  /** Cuts per column, at most 255. */
  readonly edges: number;
  /** Rows of the usual share of defects that each leaf is taken to hold beside its own. */
  readonly prior: number;
  readonly seed: number;
}

/**
 * Extremely randomized trees (Geurts, Ernst, Wehenkel 2006): every tree sees all rows, and of each column one cut drawn by
 * chance. They are averaged in log odds, not in votes (Breiman 2001): then a forest is a sum of trees as boosting is, and is
 * explained in the same way.
 */
export function trainForest(
  table: Table,
  labels: ArrayLike<number>,
  weights: Float64Array,
  settings: ForestSettings,
): TreeSum {
  const usual = weightedMean(labels, weights);
  const start = Math.fround(toLogOdds(usual));
  if (settings.trees === 0) return { start, trees: [] };
  const edges = table.columns.map((column) => findEdges(column, settings.edges));
  const bins = fillBins(table, edges);
  // The squared error of a share: its first two derivatives. Gini's impurity, but for a factor.
  const slopes = weights.map((weight, row) => weight * (usual - labels[row]!));
  const data = { bins, edges, slopes, curves: weights, weights };
  const growth = { ...settings, ridge: settings.prior, rate: 1, chanceCuts: true };
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  const random = createRandom(settings.seed);
  const trees: Tree[] = [];
  for (let at = 0; at < settings.trees; at += 1) {
    const tree = growTree(data, rows, growth, random);
    trees.push(mapLeaves(tree, (value) => (toLogOdds(usual + value) - start) / settings.trees));
  }
  return { start, trees };
}
