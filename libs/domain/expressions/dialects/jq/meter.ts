import type { Budget } from '../../dialect.js';

/** Evaluation steps that one program may take: one for four parts of the program evaluated, or work that costs as much. */
const MAX_STEPS = 100_000;

/** Evaluations inside one another; each takes some frames of the stack, and a worker's holds many times as many. */
const MAX_DEPTH = 1_200;

/** UTF-16 units of a text, elements of a list, and bytes of JSON that a program may build. */
export const MAX_SIZE = 1024 * 1024;

/** Ends an evaluation; no `try` of the program sees it. */
export class TooCostly extends Error {}

/**
 * Counts the work of one evaluation. Charges depend on the program and the values alone, never on the clock nor on what
 * a cache holds: a replay must come to the same end.
 */
export class Meter {
  private left: number;
  private readonly limit: string;
  /** Put back by whoever catches what an inner evaluation threw. */
  depth = 0;
  private readonly start: number;

  constructor(private readonly budget?: Budget) {
    const shared = budget?.left ?? Infinity;
    const own = shared >= MAX_STEPS;
    this.left = own ? MAX_STEPS : Math.max(0, shared);
    this.start = this.left;
    this.limit = own
      ? 'It takes more than 100,000 evaluation steps.'
      : 'Together with the others that the step has evaluated at once, it takes too many evaluation steps.';
  }

  charge(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new TooCostly(this.limit);
  }

  /** For characters or bytes being read or written. */
  chargeText(length: number): void {
    this.charge(length / 1024);
  }

  /** For elements being visited, without the work done on each. */
  chargeElements(count: number): void {
    this.charge(count / 16);
  }

  /** For a text being built. */
  chargeBuilt(length: number): void {
    if (length > MAX_SIZE) throw new TooCostly('It builds a value of more than 1 MiB.');
    this.chargeText(length);
  }

  /** For a list being built. */
  chargeList(count: number): void {
    if (count > MAX_SIZE) throw new TooCostly('It builds a list of more than 1,048,576 elements.');
    this.chargeElements(count);
  }

  enter(): void {
    if (++this.depth > MAX_DEPTH) throw new TooCostly('It nests, or calls itself, too deeply.');
    this.charge(0.25);
  }

  leave(): void {
    this.depth--;
  }

  /** Takes what was used from the budget that all expressions of a step's turn share. */
  settle(): void {
    if (this.budget !== undefined) this.budget.left -= this.start - Math.max(0, this.left);
  }
}
