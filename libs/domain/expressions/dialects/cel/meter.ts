import type { Budget } from '../../dialect.js';

/** Evaluation steps that one expression may take: a step is a turn of a loop with a small body, or work that costs as much. */
const MAX_STEPS = 100_000;

/** UTF-16 units of a text, or bytes, that an expression may build; bytes of JSON that it may come to. */
export const MAX_SIZE = 1024 * 1024;

/** Values nested deeper than this are neither compared nor returned. */
export const MAX_VALUE_DEPTH = 500;

interface Meter {
  stepsLeft: number;
  /** Why it may not take more. */
  readonly limit: string;
  /** Why the evaluation was ended. */
  excess: string | undefined;
  /** What was charged for once already. */
  readonly charged: Set<string>;
}

let meter = createMeter();

/** @param shared steps that are left to this expression and others together */
function createMeter(shared = Infinity): Meter {
  const own = shared >= MAX_STEPS;
  return {
    stepsLeft: own ? MAX_STEPS : shared,
    limit: own
      ? 'It takes more than 100,000 evaluation steps.'
      : 'Together with the others that the step has evaluated at once, it takes too many evaluation steps.',
    excess: undefined,
    charged: new Set(),
  };
}

/**
 * Runs `body` on a fresh meter, and takes what it used from `budget`. CEL's `||`, `&&` and macros may swallow the error by which a charge ends the
 * evaluation, so `excess` counts, not the value.
 */
export function withBudget<T>(
  body: () => T,
  budget?: Budget,
): { readonly value: T; readonly excess: string | undefined } {
  const outer = meter;
  const own = createMeter(budget?.left);
  const before = own.stepsLeft;
  meter = own;
  try {
    return { value: body(), excess: own.excess };
  } catch (error) {
    if (own.excess === undefined) throw error;
    return { value: undefined as T, excess: own.excess };
  } finally {
    meter = outer;
    if (budget !== undefined) budget.left -= before - Math.max(0, own.stepsLeft);
  }
}

/** Takes steps, whole or not. Charges depend on the values alone, never on what a cache holds: replays must agree. */
export function charge(steps: number): void {
  meter.stepsLeft -= steps;
  if (meter.stepsLeft < 0) stop(meter.limit);
}

/** Takes steps for the first use of something within this evaluation. */
export function chargeOnce(key: string, steps: number): void {
  if (meter.charged.has(key)) return;
  meter.charged.add(key);
  charge(steps);
}

/** Charges for `length` characters or bytes being read or written. */
export function chargeText(length: number): void {
  charge(length / 1024);
}

/** Charges for `count` elements being visited, without the work done on each. */
export function chargeElements(count: number): void {
  charge(count / 16);
}

/** Refuses to build what would be larger than `MAX_SIZE`; charges for the rest. */
export function chargeBuilt(size: number): void {
  if (size > MAX_SIZE) stop('It builds a value of more than 1 MiB.');
  chargeText(size);
}

function stop(reason: string): never {
  meter.stepsLeft = Number.NEGATIVE_INFINITY;
  meter.excess ??= reason;
  throw new Error(meter.excess);
}
