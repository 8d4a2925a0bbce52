import { addRange, createTextFinder, type Range } from './find-text.js';
import { listForms, MIN_LENGTH } from './mask-forms.js';

/** Hides secrets in text that people and stores will see. */
export interface Mask {
  /** From now on `secret` is hidden, as it is and in the encodings that programs print. */
  add(secret: string): void;
  /** `text` with every hidden value replaced by `***`; values that overlap are one. */
  apply(text: string): string;
  /** Whether there is nothing to hide. */
  readonly isEmpty: boolean;
  /** Characters that it holds. */
  readonly size: number;
}

/** Longer forms are few, and each is looked for by itself. */
const MAX_SHORT = 256;
/** Places of the table that tells at which positions a comparison is worth while. */
const PLACES = 1 << 16;

export function createMask(): Mask {
  return new FormMask();
}

/** No regular expression: one of a long secret is too large to be compiled, and its error would show the secret. */
class FormMask implements Mask {
  size = 0;
  private readonly secrets = new Set<string>();
  /** By their first four characters, the longest first. */
  private readonly short = new Map<string, string[]>();
  private readonly places = new Uint8Array(PLACES);
  private readonly long = new Map<string, (text: string) => Range[]>();

  get isEmpty(): boolean {
    return this.size === 0;
  }

  add(secret: string): void {
    if (this.secrets.has(secret)) return;
    this.secrets.add(secret);
    for (const form of listForms(secret)) this.addForm(form);
  }

  apply(text: string): string {
    if (this.isEmpty || text.length < MIN_LENGTH) return text;
    const found = [this.findShort(text), ...[...this.long.values()].map((find) => find(text))].flat();
    if (found.length === 0) return text;
    const hidden: Range[] = [];
    for (const range of found.sort((a, b) => a[0] - b[0])) addRange(hidden, range);
    const pieces = hidden.map(([start], at) => `${text.slice(hidden[at - 1]?.[1] ?? 0, start)}***`);
    return pieces.join('') + text.slice(hidden.at(-1)?.[1]);
  }

  private addForm(form: string): void {
    if (form.length > MAX_SHORT) {
      if (this.long.has(form)) return;
      this.long.set(form, createTextFinder(form));
    } else {
      const beginning = form.slice(0, MIN_LENGTH);
      const known = this.short.get(beginning) ?? [];
      if (known.includes(form)) return;
      const longestFirst = [...known, form].sort((a, b) => b.length - a.length);
      this.short.set(beginning, longestFirst);
      this.places[placeOf(form, 0)] = 1;
    }
    this.size += form.length;
  }

  private findShort(text: string): Range[] {
    const ranges: Range[] = [];
    for (let at = 0; at + MIN_LENGTH <= text.length; at += 1) {
      if (this.places[placeOf(text, at)] === 0) continue;
      const forms = this.short.get(text.slice(at, at + MIN_LENGTH));
      const form = forms?.find((each) => text.startsWith(each, at));
      if (form !== undefined) addRange(ranges, [at, at + form.length]);
    }
    return ranges;
  }
}

/** Of four characters from `at` on, always the same one. */
function placeOf(text: string, at: number): number {
  let place = 0;
  for (let next = at; next < at + MIN_LENGTH; next += 1) place = (place * 31 + text.charCodeAt(next)) | 0;
  return place & (PLACES - 1);
}
