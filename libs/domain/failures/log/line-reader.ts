import type { Automaton } from './automaton.js';

/** Characters of a line that are looked at; the rest is skipped. */
export const MAX_LINE_LENGTH = 8_192;

const LINE_FEED = 10;

/**
 * Cuts text that comes in parts into lines, and finds which of the automaton's texts stand in each, in one pass. Memory is
 * bounded by a part and a line's limit, whatever the lines' length.
 */
export class LineReader {
  private state = 0;
  private number = 1;
  /** What earlier parts held of the line under way. */
  private carried = '';
  private skipping = false;
  private readonly found: number[] = [];

  /** @param take gets the line's number, from 1; `found` is only good during the call */
  constructor(
    private readonly automaton: Automaton,
    private readonly take: (number: number, text: string, found: readonly number[]) => void,
  ) {}

  push(part: string): void {
    const { next, classes, shift, found: ends } = this.automaton;
    let state = this.state;
    let start = 0;
    let limit = MAX_LINE_LENGTH - this.carried.length;
    for (let at = 0; at < part.length; at += 1) {
      const code = part.charCodeAt(at);
      if (code === LINE_FEED) {
        this.end(part, start, this.skipping ? start : at);
        state = 0;
        start = at + 1;
        limit = start + MAX_LINE_LENGTH;
      } else if (this.skipping || at >= limit) {
        if (!this.skipping) {
          this.carried += part.slice(start, at);
          this.skipping = true;
        }
        const feed = part.indexOf('\n', at);
        start = feed === -1 ? part.length : feed;
        at = feed === -1 ? part.length : feed - 1;
      } else {
        state = next[(state << shift) | classes[code]!]!;
        const ended = ends[state];
        if (ended !== undefined) this.note(ended);
      }
    }
    this.state = state;
    this.carried += part.slice(start);
  }

  /** Takes the last line, where the text does not end with the end of one. */
  close(): void {
    if (this.carried !== '') this.end('', 0, 0);
  }

  /** Runs of one character are noted once. */
  private note(ended: readonly number[]): void {
    const { found } = this;
    for (const text of ended) if (found[found.length - 1] !== text) found.push(text);
  }

  private end(part: string, start: number, end: number): void {
    const text = this.carried === '' ? part.slice(start, end) : this.carried + part.slice(start, end);
    this.take(this.number, text, this.found);
    this.number += 1;
    this.carried = '';
    this.skipping = false;
    if (this.found.length > 0) this.found.length = 0;
  }
}
