import { isScalar, type Spot } from '#domain/definition/tree.js';
import { readNumber } from '#domain/definition/values.js';
import { atValue, type FindingReport } from '#domain/validation/report.js';

const PERCENT = /^\d{1,6}(?:\.\d{1,6})?\s*%?$/;

/** `90%`, `"90"` or `90`; reported where it is none, or outside the limits. */
export function readPercent(
  spot: Spot,
  report: FindingReport,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const written = isScalar(spot) ? spot.node.value : undefined;
  if (typeof written !== 'string') return readNumber(spot, report, { min, max, whole: false });
  const hint = `Write a percentage from ${min}% to ${max}%.`;
  if (!PERCENT.test(written.trim())) {
    report.add('type-mismatch', atValue(spot), 'This is no percentage.', hint);
    return undefined;
  }
  const value = Number.parseFloat(written);
  if (value >= min && value <= max) return value;
  report.add('value-out-of-range', atValue(spot), `${value}% is not within ${min}% and ${max}%.`, hint);
  return undefined;
}
