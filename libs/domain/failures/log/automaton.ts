/**
 * Finds which of many texts stand in a stream of characters, in one pass, whatever their number (Aho and Corasick, 1975).
 * Without regard to the case of ASCII letters.
 */
export class Automaton {
  /** Next state by state and class of character: `next[(state << shift) | class]`. */
  readonly next: Uint32Array;
  /** Class of each UTF-16 unit; 0 for those that no text holds. */
  readonly classes: Uint8Array;
  readonly shift: number;
  /** Numbers of the texts that end in each state. */
  readonly found: readonly (readonly number[] | undefined)[];

  constructor(texts: readonly string[]) {
    const { classes, count } = classify(texts);
    this.classes = classes;
    this.shift = Math.ceil(Math.log2(count + 1));
    const { table, found } = this.plant(texts);
    this.next = this.complete(table, found);
    this.found = found;
  }

  /** Calls `note` with each text that ends somewhere in `line`; a text may be noted more than once. */
  scan(line: string, note: (text: number) => void): void {
    const { next, classes, shift, found } = this;
    let state = 0;
    for (let at = 0; at < line.length; at += 1) {
      const code = line.charCodeAt(at);
      state = next[(state << shift) | classes[code]!]!;
      const ended = found[state];
      if (ended !== undefined) for (const text of ended) note(text);
    }
  }

  /** The tree of all texts; 0 is its root, and means that there is no edge. */
  private plant(texts: readonly string[]): { table: Uint32Array; found: (number[] | undefined)[] } {
    const width = 1 << this.shift;
    const states = texts.reduce((sum, text) => sum + text.length, 1);
    const table = new Uint32Array(states * width);
    const found: (number[] | undefined)[] = [undefined];
    for (const [number, text] of texts.entries()) {
      let state = 0;
      for (const character of text.toLowerCase()) {
        const edge = (state << this.shift) | this.classes[character.charCodeAt(0)]!;
        if (table[edge] === 0) {
          table[edge] = found.length;
          found.push(undefined);
        }
        state = table[edge]!;
      }
      found[state] = [...(found[state] ?? []), number];
    }
    return { table: table.slice(0, found.length * width), found };
  }

  /** Leads each missing edge to where the longest ending that is a beginning goes on. */
  private complete(next: Uint32Array, found: (number[] | undefined)[]): Uint32Array {
    const width = 1 << this.shift;
    const back = new Uint32Array(found.length);
    const queue: number[] = [];
    for (let edge = 0; edge < width; edge += 1) if (next[edge] !== 0) queue.push(next[edge]!);
    for (const state of queue) {
      const earlier = back[state]!;
      if (found[earlier] !== undefined) found[state] = [...(found[state] ?? []), ...found[earlier]];
      for (let edge = 0; edge < width; edge += 1) {
        const here = (state << this.shift) | edge;
        const there = next[(earlier << this.shift) | edge]!;
        if (next[here] === 0) next[here] = there;
        else {
          back[next[here]!] = there;
          queue.push(next[here]!);
        }
      }
    }
    return next;
  }
}

function classify(texts: readonly string[]): { readonly classes: Uint8Array; readonly count: number } {
  const classes = new Uint8Array(65_536);
  let count = 0;
  for (const character of texts.join('').toLowerCase()) {
    const code = character.charCodeAt(0);
    if (classes[code] !== 0) continue;
    count += 1;
    classes[code] = count;
    if (code < 128) classes[character.toUpperCase().charCodeAt(0)] = count;
  }
  return { classes, count };
}
