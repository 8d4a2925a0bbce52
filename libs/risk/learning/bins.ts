import type { Table } from './table.js';

/** Edges of a column, rising: a value lies in bin `n` when exactly `n` edges are below it. At most 255. */
export type Edges = readonly number[];

/** At most `most` edges by which the values of a column fall into about equally filled bins. */
export function findEdges(column: Float64Array, most: number): Edges {
  const sorted = Float64Array.from(column).sort();
  const edges: number[] = [];
  const bins = most + 1;
  for (let bin = 1; bin < bins; bin += 1) {
    const at = Math.floor((bin * sorted.length) / bins);
    const [below, above] = [sorted[Math.max(0, at - 1)]!, sorted[at]!];
    // Between two values, so that the same column on another machine is cut at the same place.
    const edge = below < above ? fround((below + above) / 2) : fround(above);
    if (edge > (edges.at(-1) ?? Number.NEGATIVE_INFINITY) && edge < sorted.at(-1)!) edges.push(edge);
  }
  return edges;
}

/** The bin of each value, column by column. */
export function fillBins(table: Table, edges: readonly Edges[]): readonly Uint8Array[] {
  return table.columns.map((column, at) => {
    const bins = new Uint8Array(column.length);
    for (let row = 0; row < column.length; row += 1) bins[row] = findBin(edges[at]!, column[row]!);
    return bins;
  });
}

export function findBin(edges: Edges, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Edges are kept as 32-bit numbers in a stored model: they are the same before. */
const fround = Math.fround;
