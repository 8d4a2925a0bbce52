/** Evaluation steps that one expression may take: a step is a turn of a loop with a small body, or work that costs as much. */
const MAX_STEPS = 100_000;

/** UTF-16 units of a text, or bytes, that an expression may build; bytes of JSON that it may come to. */
export const MAX_SIZE = 1024 * 1024;

/** Values nested deeper than this are neither compared nor returned. */
export const MAX_VALUE_DEPTH = 500;

interface Meter {
  stepsLeft: number;
  /** Why the evaluation was ended. */
  excess: string | undefined;
  /** What was charged for once already. */
  readonly charged: Set<string>;
}

interface Metered<T> {
  readonly value: T;
  readonly excess: string | undefined;
  readonly steps: number;
}

let meter = createMeter();

function createMeter(): Meter {
  return { stepsLeft: MAX_STEPS, excess: undefined, charged: new Set() };
}

/**
 * Runs `body` on a fresh budget. CEL's `||`, `&&` and macros may swallow the error by which a charge ends the
 * evaluation, so `excess` counts, not the value.
 */
export function withBudget<T>(body: () => T): Metered<T> {
  const outer = meter;
  const own = createMeter();
  meter = own;
  try {
    return { value: body(), excess: own.excess, steps: spentOf(own) };
  } catch (error) {
    if (own.excess === undefined) throw error;
    return { value: undefined as T, excess: own.excess, steps: spentOf(own) };
  } finally {
    meter = outer;
  }
}

function spentOf({ stepsLeft }: Meter): number {
  return MAX_STEPS - Math.max(0, stepsLeft);
}

/** Takes steps, whole or not. Charges depend on the values alone, never on what a cache holds: replays must agree. */
export function charge(steps: number): void {
  meter.stepsLeft -= steps;
  if (meter.stepsLeft < 0) stop('It takes more than 100,000 evaluation steps.');
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
