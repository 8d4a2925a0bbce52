import { createRandom } from '../random.js';

/** Two marks of which exactly one makes a defect, which no line parts, and a column of noise. */
export function makeExclusive(rows: number, seed: number) {
  const random = createRandom(seed);
  const columns = [0, 1, 2].map(() => Float64Array.from({ length: rows }, () => random()));
  const labels = Array.from({ length: rows }, (_, row) =>
    Number(columns[0]![row]! > 0.5 !== columns[1]![row]! > 0.5),
  );
  return { table: { rows, columns }, labels, weights: new Float64Array(rows).fill(1) };
}
