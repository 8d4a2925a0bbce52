import { type Edges, findBin } from './bins.js';
import { chooseSome, type Random } from './random.js';
import type { Tree } from './tree.js';

/** What a tree is grown on: rows by bin, and the first two derivatives of the loss of each row. */
export interface GrowthData {
  readonly bins: readonly Uint8Array[];
  readonly edges: readonly Edges[];
  readonly slopes: Float64Array;
  readonly curves: Float64Array;
  readonly weights: Float64Array;
}

export interface GrowthSettings {
  readonly leaves: number;
  readonly rowsPerLeaf: number;
  /** Columns tried at each split, a share of all. */
  readonly columnShare: number;
  /** Each column is tried at one cut drawn by chance, not at all (Geurts et al. 2006). */
  readonly chanceCuts: boolean;
  readonly ridge: number;
  /** Values of leaves are multiplied by it. */
  readonly rate: number;
}

interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
}

interface Leaf {
  readonly node: number;
  readonly rows: Int32Array;
  readonly split: Split | undefined;
}

const LEAST_GAIN = 1e-6;

/** Best leaf first: the leaf is split whose split gains most, until there are enough leaves or nothing gains. */
export function growTree(data: GrowthData, rows: Int32Array, settings: GrowthSettings, random: Random): Tree {
  const tree = { feature: [0], threshold: [0], left: [0], value: [0], cover: [0] };
  const search = createSearch(data, settings, random);
  const leaves: Leaf[] = [{ node: 0, rows, split: search(rows) }];
  tree.cover[0] = Math.fround(sumOf(data.weights, rows));
  while (leaves.length < settings.leaves) {
    const best = findBest(leaves);
    if (best === undefined) break;
    const { node, rows: mine, split } = leaves[best]!;
    const { feature, bin } = split!;
    const left = tree.left.length;
    tree.feature[node] = feature;
    tree.threshold[node] = data.edges[feature]![bin]!;
    tree.left[node] = left;
    const column = data.bins[feature]!;
    const parts = divide(mine, column, bin);
    const children = parts.map((part, side) => {
      for (const list of Object.values(tree)) list.push(0);
      tree.cover[left + side] = Math.fround(sumOf(data.weights, part));
      return { node: left + side, rows: part, split: search(part) };
    });
    leaves.splice(best, 1, ...children);
  }
  for (const leaf of leaves) tree.value[leaf.node] = leafValue(data, leaf.rows, settings);
  return tree;
}

/** Rows up to the bin, and those above it, in the order they had. */
function divide(rows: Int32Array, column: Uint8Array, bin: number): [Int32Array, Int32Array] {
  let count = 0;
  for (let at = 0; at < rows.length; at += 1) if (column[rows[at]!]! <= bin) count += 1;
  const [left, right] = [new Int32Array(count), new Int32Array(rows.length - count)];
  let [leftAt, rightAt] = [0, 0];
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at]!;
    if (column[row]! <= bin) left[leftAt++] = row;
    else right[rightAt++] = row;
  }
  return [left, right];
}

function findBest(leaves: readonly Leaf[]): number | undefined {
  let best: number | undefined;
  for (const [at, leaf] of leaves.entries())
    if (leaf.split && (best === undefined || leaf.split.gain > leaves[best]!.split!.gain)) best = at;
  return best;
}

function leafValue(data: GrowthData, rows: Int32Array, settings: GrowthSettings): number {
  return Math.fround(
    (-settings.rate * sumOf(data.slopes, rows)) / (sumOf(data.curves, rows) + settings.ridge),
  );
}

function sumOf(values: Float64Array, rows: Int32Array): number {
  let sum = 0;
  for (let at = 0; at < rows.length; at += 1) sum += values[rows[at]!]!;
  return sum;
}

/** Finds the best split of some rows among columns drawn anew each time. */
function createSearch(data: GrowthData, settings: GrowthSettings, random: Random) {
  const tried = Math.max(1, Math.round(data.bins.length * settings.columnShare));
  const sums = new Float64Array(3 * 256);
  const slopes = new Float64Array(data.slopes.length);
  const curves = new Float64Array(data.slopes.length);
  return (rows: Int32Array): Split | undefined => {
    const features = chooseSome(data.bins.length, tried, random);
    if (rows.length < 2 * settings.rowsPerLeaf) return undefined;
    // Beside each other, because the rows lie apart and are visited once for every column.
    for (let at = 0; at < rows.length; at += 1) {
      slopes[at] = data.slopes[rows[at]!]!;
      curves[at] = data.curves[rows[at]!]!;
    }
    let best: Split | undefined;
    for (const feature of features) {
      const last = data.edges[feature]!.length;
      if (last === 0) continue;
      sums.fill(0, 0, 3 * (last + 1));
      fillSums(sums, data.bins[feature]!, rows, slopes, curves);
      const drawn = settings.chanceCuts ? drawCut(sums, data.edges[feature]!, random) : undefined;
      const split = findCut(sums, last, rows.length, settings, drawn);
      if (split && split.gain > (best?.gain ?? LEAST_GAIN)) best = { ...split, feature };
    }
    return best;
  };
}

/** Adds slope, curve and count of each row to the three numbers of its bin. */
function fillSums(
  sums: Float64Array,
  column: Uint8Array,
  rows: Int32Array,
  slopes: Float64Array,
  curves: Float64Array,
): void {
  for (let at = 0; at < rows.length; at += 1) {
    const start = 3 * column[rows[at]!]!;
    sums[start] = sums[start]! + slopes[at]!;
    sums[start + 1] = sums[start + 1]! + curves[at]!;
    sums[start + 2] = sums[start + 2]! + 1;
  }
}

/** The cut next above a value drawn evenly from those between the first and the last bin that hold rows. */
function drawCut(sums: Float64Array, edges: Edges, random: Random): number {
  let [first, end] = [0, edges.length];
  while (first < end && sums[3 * first + 2] === 0) first += 1;
  while (end > first && sums[3 * end + 2] === 0) end -= 1;
  const [least, most] = [edges[first]!, edges[Math.max(first, end - 1)]!];
  return Math.min(findBin(edges, least + random() * (most - least)), edges.length - 1);
}

/** The cut of one column that gains most. */
function findCut(
  sums: Float64Array,
  last: number,
  rows: number,
  settings: GrowthSettings,
  drawn: number | undefined,
) {
  let [slope, curve] = [0, 0];
  for (let bin = 0; bin <= last; bin += 1) {
    slope += sums[3 * bin]!;
    curve += sums[3 * bin + 1]!;
  }
  const { ridge, rowsPerLeaf } = settings;
  const whole = (slope * slope) / (curve + ridge);
  let best: { readonly gain: number; readonly bin: number } | undefined;
  let [leftSlope, leftCurve, leftCount] = [0, 0, 0];
  for (let bin = 0; bin < last; bin += 1) {
    leftSlope += sums[3 * bin]!;
    leftCurve += sums[3 * bin + 1]!;
    leftCount += sums[3 * bin + 2]!;
    if (leftCount < rowsPerLeaf) continue;
    if (rows - leftCount < rowsPerLeaf) break;
    if (drawn !== undefined && bin !== drawn) continue;
    const [rightSlope, rightCurve] = [slope - leftSlope, curve - leftCurve];
    const gain =
      (leftSlope * leftSlope) / (leftCurve + ridge) +
      (rightSlope * rightSlope) / (rightCurve + ridge) -
      whole;
    if (gain > (best?.gain ?? 0)) best = { gain, bin };
  }
  return best;
}
