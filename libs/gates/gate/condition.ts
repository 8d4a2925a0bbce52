import type { Condition, Sign } from '#contracts/judgement/gate.js';
import { isUnit, UNIT_NAMES } from './units.js';

const MAX_TEXT = 100;

/** Whole numbers up to here are exact, and nothing that is computed from them overflows. */
export const MAX_AMOUNT = Number.MAX_SAFE_INTEGER;

/** Sign, bracket, plus or minus, number, unit. */
const CONDITION =
  /^(<=|>=|==|<|>|=)\s*(\()?\s*([+-])?\s*(\d{1,18}(?:\.\d{1,18})?(?:[eE][+-]?\d{1,3})?)\s*(%|[A-Za-z]{1,3})?\s*(\))?$/;

export type ConditionReading = { readonly condition: Condition } | { readonly problem: string };

/**
 * `<= 300ms` and `>= 80%` are limits; with `+` or `-` a limit is relative to earlier runs, in percent (`<= +10%`) or as a
 * difference (`<= +5ms`). In brackets a negative number is a limit again: `>= (-5)`.
 */
export function parseCondition(text: string): ConditionReading {
  const match = text.length > MAX_TEXT ? null : CONDITION.exec(text.trim());
  if (match === null) return { problem: 'is no condition' };
  const [, sign, opened, direction, digits, unit, closed] = match;
  if ((opened === undefined) !== (closed === undefined)) return { problem: 'has half of a pair of brackets' };
  if (unit !== undefined && !isUnit(unit)) {
    return { problem: `has an unknown unit; known are ${UNIT_NAMES.join(', ')}` };
  }
  const amount = Number(digits) * (direction === '-' ? -1 : 1);
  if (Math.abs(amount) > MAX_AMOUNT) return { problem: 'has a number that is too large' };
  const relative = direction !== undefined && opened === undefined;
  const asPercent = relative && unit === '%';
  return {
    condition: writeCondition({
      sign: (sign === '==' ? '=' : sign) as Sign,
      of: asPercent ? 'percent' : relative ? 'change' : 'absolute',
      // Negative zero would be printed as zero, and is none.
      amount: amount === 0 ? 0 : amount,
      ...(unit === undefined || asPercent ? {} : { unit }),
    }),
  };
}

/** The same, with its words. */
export function writeCondition(condition: Omit<Condition, 'text'>): Condition {
  const { sign, of, amount, unit } = condition;
  const size = formatAmount(Math.abs(amount), of === 'percent' ? '%' : unit);
  const signed = amount < 0 ? `-${size}` : of === 'absolute' ? size : `+${size}`;
  return { ...condition, text: `${sign} ${of === 'absolute' && amount < 0 ? `(${signed})` : signed}` };
}

/** At most six digits, as people read numbers: `212 ms`, `81.25%`. */
export function formatAmount(value: number, unit?: string): string {
  const number = formatNumber(value);
  if (unit === undefined) return number;
  return unit === '%' ? `${number}%` : `${number} ${unit}`;
}

function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  return String(Number(value.toPrecision(6)));
}
