import type { Output } from '../console.js';

/** Emphasis by meaning; each answers with its argument unchanged where colours are not wanted. */
export interface Style {
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly active: Paint;
  readonly faint: Paint;
  readonly strong: Paint;
}

type Paint = (text: string) => string;

export function styleOf(output: Pick<Output, 'colours'>): Style {
  const paint = (open: number, close: number): Paint =>
    output.colours ? (text) => `\u001b[${open}m${text}\u001b[${close}m` : (text) => text;
  return {
    good: paint(32, 39),
    bad: paint(31, 39),
    warn: paint(33, 39),
    active: paint(36, 39),
    faint: paint(2, 22),
    strong: paint(1, 22),
  };
}
