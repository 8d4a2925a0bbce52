import type { Condition, Strictness } from '#contracts/judgement/gate.js';
import { writeCondition } from '../gate/condition.js';
import { round } from '../gate/units.js';

/** Share by which limits become stricter: 0 up to `from`, then in proportion to the risk, `tighten` percent at 100. */
export function computeStrictness(strictness: Strictness | undefined, risk: number | undefined): number {
  if (strictness === undefined || risk === undefined || risk <= strictness.from) return 0;
  return ((strictness.tighten / 100) * (risk - strictness.from)) / (100 - strictness.from);
}

/**
 * A limit that is stricter by a share of itself: `<= 300ms` by a tenth is `<= 270ms`, `<= +10%` is `<= +9%`. A percentage
 * that must be reached comes nearer to 100 by a share of what is left: `>= 80%` by a tenth is `>= 82%`. What must be
 * exact is so already.
 */
export function tighten(condition: Condition, share: number, measuredIn: string | undefined): Condition {
  const { sign, of, amount } = condition;
  if (sign === '=' || share === 0) return condition;
  const up = sign.startsWith('>');
  const isShare = of === 'absolute' && (condition.unit ?? measuredIn) === '%';
  const step =
    up && isShare && amount >= 0 && amount <= 100 ? (100 - amount) * share : Math.abs(amount) * share;
  return writeCondition({ ...condition, amount: round(up ? amount + step : amount - step) });
}
