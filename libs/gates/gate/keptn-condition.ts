import type { Sign } from '#contracts/judgement/gate.js';
import { type ConditionReading, MAX_AMOUNT, writeCondition } from './condition.js';

const SIGNS: readonly Sign[] = ['<=', '<', '=', '>=', '>'];
const NUMBER = /^[+-]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:[eE][+-]?\d{1,3})?$/;
const MAX_TEXT = 100;

/**
 * A criterion as lighthouse-service reads it (keptn/keptn, lighthouse-service/event_handler/evaluate_sli_handler.go,
 * parseCriteriaString): blanks do not count; what ends in `%`, or begins its number with `+` or `-`, is compared with
 * earlier evaluations, so `<=10%` means `<=+10%`. Units are not part of the language.
 */
export function parseKeptnCondition(written: string): ConditionReading {
  const text = written.replaceAll(' ', '');
  const sign = written.length > MAX_TEXT ? undefined : SIGNS.find((each) => text.startsWith(each));
  if (sign === undefined) return { problem: 'does not begin with <, <=, =, >= or >' };
  const percent = text.endsWith('%');
  const number = text.slice(sign.length, percent ? -1 : undefined);
  const direction = /^[+-]/.exec(number)?.[0];
  const digits = direction === undefined ? number : number.slice(1);
  const amount = Number(digits) * (direction === '-' ? -1 : 1);
  if (!NUMBER.test(digits) || Math.abs(amount) > MAX_AMOUNT)
    return { problem: 'holds no number that is exact' };
  const of = percent ? 'percent' : direction === undefined ? 'absolute' : 'change';
  return { condition: writeCondition({ sign, of, amount: amount === 0 ? 0 : amount }) };
}
