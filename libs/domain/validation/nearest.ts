const MAX_WORD = 64;

/** Words compared at most: a definition may hold thousands, and as many words that are near to all of them. */
const MAX_COMPARED = 2_000;

/** `Did you mean "needs"?`, or the `otherwise` where nothing known is near. */
export function suggest(word: string, known: Iterable<string>, otherwise: string): string {
  const nearest = findNearest(word, known);
  return nearest === undefined ? otherwise : `Did you mean "${nearest}"?`;
}

/** The known word with the fewest edits (at most a third of the word's length); undefined where none is so near. */
function findNearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > MAX_WORD) return undefined;
  const folded = word.toLowerCase();
  let best: string | undefined;
  let limit = Math.max(1, Math.floor(word.length / 3));
  let compared = 0;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > limit) continue;
    if (++compared > MAX_COMPARED) break;
    const edits = countEdits(folded, candidate.toLowerCase(), limit);
    if (edits > limit) continue;
    best = candidate;
    limit = edits - 1;
    if (limit < 0) break;
  }
  return best;
}

const ROWS = [0, 1, 2].map(() => new Uint8Array(2 * MAX_WORD + 2));

/**
 * Insertions, deletions, replacements and swaps of neighbours that make `b` of `a` (optimal string alignment); at least
 * a number above `limit` where there are more.
 */
function countEdits(a: string, b: string, limit: number): number {
  let [beforeLast, last, current] = ROWS as [Uint8Array, Uint8Array, Uint8Array];
  for (let column = 0; column <= b.length; column++) last[column] = column;
  for (let row = 1; row <= a.length; row++) {
    current[0] = row;
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      let edits = last[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      if (last[column]! + 1 < edits) edits = last[column]! + 1;
      if (current[column - 1]! + 1 < edits) edits = current[column - 1]! + 1;
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped && beforeLast[column - 2]! + 1 < edits) edits = beforeLast[column - 2]! + 1;
      current[column] = edits;
      if (edits < least) least = edits;
    }
    if (least > limit) return least;
    [beforeLast, last, current] = [last, current, beforeLast];
  }
  return last[b.length]!;
}
