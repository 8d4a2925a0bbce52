import type { ChangeFactors } from '#contracts/judgement/risk.js';
import { COLUMNS, type Column, type Pace } from './columns.js';

/** How many of a project's latest changes a change is compared with. */
export const PAST_LENGTH = 1_000;
/** A project with this many changes is compared half with itself, half with the projects that the model learnt from. */
export const HALF_TRUST = 30;

export const RANKED: readonly Column[] = COLUMNS.filter((column) => column.ranked);

export const REFERENCE_PARTS = 64;

/** Values that split the changes of the projects learnt from into equal parts, rising, by ranked column. */
export type Reference = readonly (readonly number[])[];

/** The latest changes of a project in the order of time, sorted by column for comparing. */
export class Past {
  readonly #moments: number[] = [];
  /** By ranked column, in the order of time; and the same sorted. */
  readonly #values: number[][] = RANKED.map(() => []);
  readonly #sorted: number[][] = RANKED.map(() => []);

  static of(changes: readonly ChangeFactors[]): Past {
    const past = new Past();
    for (const change of changes) past.add(change);
    return past;
  }

  get length(): number {
    return this.#moments.length;
  }

  get pace(): Pace {
    return { before: this.#moments.at(-1), tenthBefore: this.#moments.at(-10) ?? this.#moments[0] };
  }

  add(change: ChangeFactors): void {
    const { pace } = this;
    for (const [at, column] of RANKED.entries()) {
      const value = column.compute(change, pace);
      const [values, sorted] = [this.#values[at]!, this.#sorted[at]!];
      values.push(value);
      sorted.splice(countBelow(sorted, value), 0, value);
      if (values.length > PAST_LENGTH) sorted.splice(countBelow(sorted, values.shift()!), 1);
    }
    this.#moments.push(change.at);
    if (this.#moments.length > PAST_LENGTH) this.#moments.shift();
  }

  /** Share of the changes here with a value below, those of the same value counting half; undefined without any. */
  rankHere(at: number, value: number): number | undefined {
    const sorted = this.#sorted[at]!;
    return sorted.length === 0 ? undefined : rankIn(sorted, value);
  }

  /** The same, with the reference mixed in as if it were `HALF_TRUST` changes. */
  rank(at: number, value: number, reference: Reference): number {
    const here = this.rankHere(at, value);
    const there = rankInReference(reference, at, value);
    if (here === undefined) return there;
    return (here * this.length + there * HALF_TRUST) / (this.length + HALF_TRUST);
  }
}

/** Share of the changes learnt from with a value below. */
export function rankInReference(reference: Reference, at: number, value: number): number {
  return rankIn(reference[at]!, value);
}

function rankIn(sorted: readonly number[], value: number): number {
  return (countBelow(sorted, value) + countUpTo(sorted, value)) / (2 * sorted.length);
}

function countBelow(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function countUpTo(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
