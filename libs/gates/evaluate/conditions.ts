import type { Condition, Gate, Sign } from '#contracts/judgement/gate.js';
import { formatAmount } from '../gate/condition.js';
import { convert } from '../gate/units.js';
import type { Base } from './earlier.js';

/** One condition, looked at. */
export interface Verdict {
  readonly condition: Condition;
  /** What the value was held against, in its unit. */
  readonly limit?: number;
  /** Undefined where it cannot be said. */
  readonly holds?: boolean;
  /** Positive is worse than the limit. */
  readonly difference?: number;
  /** Why it cannot be said, or was not. */
  readonly problem?: Problem;
}

interface Problem {
  readonly message: string;
  readonly hint: string;
}

export interface Held {
  readonly value: number;
  readonly unit: string | undefined;
  readonly base: Base;
  readonly rules: Gate['rules'];
  /** What relative conditions become without enough earlier runs. */
  readonly fewer: 'inconclusive' | 'pass';
  readonly atLeast: number;
}

export function checkCondition(condition: Condition, held: Held): Verdict {
  const { value, unit, base, fewer, atLeast } = held;
  const amount =
    condition.of === 'percent' ? condition.amount : convert(condition.amount, condition.unit, unit);
  if (amount === undefined) {
    const message = `${unit} cannot be compared with ${condition.unit}.`;
    return { condition, problem: { message, hint: `Write the condition in ${unit}, or without a unit.` } };
  }
  if (condition.of !== 'absolute' && base.value === undefined) {
    const problem = {
      message: `${base.runs === 0 ? 'No' : `Only ${base.runs}`} earlier ${base.runs === 1 ? 'run' : 'runs'} to compare with, ${atLeast} needed.`,
      hint: 'Record more runs with --record; `compare: { fewer: pass }` lets the first ones pass.',
    };
    return { condition, problem, ...(fewer === 'pass' ? { holds: true } : {}) };
  }
  const limit = computeLimit(condition.of, amount, base.value ?? 0, held.rules);
  return {
    condition,
    limit,
    holds: HOLDS[condition.sign](value, limit),
    difference: computeDifference(condition.sign, value, limit),
  };
}

/**
 * Keptn's rule for percent is `base * (100 + amount) / 100`, which below zero turns around: 10 % more than -100 is -110.
 * Ours goes by the size of the number there: -90.
 */
function computeLimit(of: Condition['of'], amount: number, base: number, rules: Gate['rules']): number {
  if (of === 'absolute') return amount;
  if (of === 'change') return base + amount;
  const share = rules === 'sluice' && base < 0 ? -amount : amount;
  return (base * (100 + share)) / 100;
}

const HOLDS: Readonly<Record<Sign, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '=': (value, limit) => value === limit,
  '>=': (value, limit) => value >= limit,
  '>': (value, limit) => value > limit,
};

function computeDifference(sign: Sign, value: number, limit: number): number {
  const difference =
    sign === '=' ? Math.abs(value - limit) : sign.startsWith('<') ? value - limit : limit - value;
  // What subtraction adds beyond the digits of the numbers themselves is noise.
  const rounded = Number(difference.toPrecision(12));
  return rounded === 0 ? 0 : rounded;
}

/** All of one of the alternatives; undefined where that depends on what cannot be said (Kleene's logic). */
export function combine(alternatives: readonly (readonly Verdict[])[]): boolean | undefined {
  const sets = alternatives.map((set) => {
    if (set.some(({ holds }) => holds === false)) return false;
    return set.every(({ holds }) => holds === true) ? true : undefined;
  });
  if (sets.includes(true)) return true;
  return sets.includes(undefined) ? undefined : false;
}

/** `<= 300 ms`; against earlier runs with the number that it comes to: `<= +10% of 200 ms (220 ms)`. */
export function describeVerdict({ condition, limit }: Verdict, base: Base, unit: string | undefined): string {
  if (condition.of === 'absolute' || limit === undefined || base.value === undefined) return condition.text;
  return `${condition.text} of ${formatAmount(base.value, unit)} (${formatAmount(limit, unit)})`;
}

/** What it takes to hold. */
export function describeLimit(sign: Sign, limit: number, unit: string | undefined): string {
  const words = {
    '<': 'less than',
    '<=': 'at most',
    '=': 'exactly',
    '>=': 'at least',
    '>': 'more than',
  } as const;
  return `${words[sign]} ${formatAmount(limit, unit)}`;
}
