/** From, and up to without. */
export type Range = readonly [start: number, end: number];

/** Characters of a text that are compared to find out whether it is worth while to look for it. */
const PROBE = 64;

/**
 * All places of `wanted` in a text, those that overlap as one, in time linear in both (Knuth, Morris, Pratt): a long
 * text that repeats itself would else be compared with itself at each position.
 */
export function createTextFinder(wanted: string): (text: string) => Range[] {
  const probe = wanted.slice(0, PROBE);
  let borders: Int32Array | undefined;
  return (text) => {
    const first = text.length < wanted.length ? -1 : text.indexOf(probe);
    if (first === -1) return [];
    borders ??= listBorders(wanted);
    const ranges: Range[] = [];
    let matched = 0;
    for (let at = first; at < text.length; at += 1) {
      while (matched > 0 && text[at] !== wanted[matched]) matched = borders[matched - 1] ?? 0;
      if (text[at] === wanted[matched]) matched += 1;
      if (matched < wanted.length) continue;
      addRange(ranges, [at + 1 - wanted.length, at + 1]);
      matched = borders[matched - 1] ?? 0;
    }
    return ranges;
  };
}

/** Adds a range that starts no earlier than the last one does; it is one with the last where they overlap. */
export function addRange(ranges: Range[], range: Range): void {
  const last = ranges.at(-1);
  if (last === undefined || range[0] >= last[1]) ranges.push(range);
  else if (range[1] > last[1]) ranges[ranges.length - 1] = [last[0], range[1]];
}

/** Of each beginning of the text, the length of its longest proper beginning that is its end, too. */
function listBorders(text: string): Int32Array {
  const borders = new Int32Array(text.length);
  let length = 0;
  for (let at = 1; at < text.length; at += 1) {
    while (length > 0 && text[at] !== text[length]) length = borders[length - 1] ?? 0;
    if (text[at] === text[length]) length += 1;
    borders[at] = length;
  }
  return borders;
}
