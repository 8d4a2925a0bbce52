import { type Edges, fillBins, findEdges } from './bins.js';
import { type GrowthSettings, growTree } from './grow-tree.js';
import { toLogOdds, toProbability } from './log-odds.js';
import { chooseSome, createRandom } from './random.js';
import type { Table } from './table.js';
import { mapLeaves, type Tree, type TreeSum } from './tree.js';
import { weightedMean } from './weighted-mean.js';

export interface BoostingSettings extends Omit<GrowthSettings, 'chanceCuts'> {
  /** Models learnt from different parts of the rows, then averaged. */
  readonly bags: number;
  /** Part of the rows that each sees. */
  readonly rowShare: number;
  /** How many of the bags draw their cuts by chance: they err elsewhere than the others. */
  readonly chanceBags: number;
  readonly rounds: number;
  /** Cuts per column, at most 255. */
  readonly edges: number;
  readonly seed: number;
}

/**
 * Gradient boosting of small trees on histograms (Friedman 2001; Ke et al. 2017), several of them on different rows and
 * averaged (Breiman 1996). The average of sums of trees is one sum of trees, so it stays one model.
 */
export function trainBoosting(
  table: Table,
  labels: ArrayLike<number>,
  weights: Float64Array,
  settings: BoostingSettings,
): TreeSum {
  const edges = table.columns.map((column) => findEdges(column, settings.edges));
  const bins = fillBins(table, edges);
  const start = Math.fround(toLogOdds(weightedMean(labels, weights)));
  const trees: Tree[] = [];
  for (let bag = 0; bag < settings.bags; bag += 1)
    trees.push(...growBag({ table, labels, weights, settings, edges, bins, start }, bag));
  return { start, trees };
}

interface BagInput {
  readonly table: Table;
  readonly labels: ArrayLike<number>;
  readonly weights: Float64Array;
  readonly settings: BoostingSettings;
  readonly edges: readonly Edges[];
  readonly bins: readonly Uint8Array[];
  readonly start: number;
}

function growBag(input: BagInput, bag: number): Tree[] {
  const { labels, weights, settings, edges, bins, start } = input;
  const total = input.table.rows;
  const random = createRandom(settings.seed + bag);
  const rows = chooseSome(total, Math.ceil(total * settings.rowShare), random);
  const sums = new Float64Array(total).fill(start);
  const slopes = new Float64Array(total);
  const curves = new Float64Array(total);
  const chanceCuts = bag < settings.chanceBags;
  const columnShare = chanceCuts ? Math.min(1, 2 * settings.columnShare) : settings.columnShare;
  const growth = { ...settings, chanceCuts, columnShare };
  const trees: Tree[] = [];
  for (let round = 0; round < settings.rounds; round += 1) {
    for (const row of rows) {
      const probability = toProbability(sums[row]!);
      slopes[row] = weights[row]! * (probability - labels[row]!);
      curves[row] = weights[row]! * probability * (1 - probability);
    }
    const tree = growTree({ bins, edges, slopes, curves, weights }, rows, growth, random);
    addTree(tree, input, rows, sums);
    trees.push(mapLeaves(tree, (value) => value / settings.bags));
  }
  return trees;
}

/** Adds what `tree` says to the sum of each row, by bins. */
function addTree(tree: Tree, { bins, edges }: BagInput, rows: Int32Array, sums: Float64Array): void {
  const cuts = tree.left.map((left, node) =>
    left === 0 ? 0 : edges[tree.feature[node]!]!.indexOf(tree.threshold[node]!),
  );
  for (const row of rows) {
    let node = 0;
    while (tree.left[node] !== 0) {
      const left = tree.left[node]!;
      node = bins[tree.feature[node]!]![row]! <= cuts[node]! ? left : left + 1;
    }
    sums[row] = sums[row]! + tree.value[node]!;
  }
}
