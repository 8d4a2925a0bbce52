import { quote } from '#domain/definition/path.js';
import type { Spot } from '#domain/definition/tree.js';
import { atKey, type FindingReport } from '#domain/validation/report.js';

const MAX_LENGTH = 200;

/** Printed as they are, so nothing that a terminal would obey. */
const NAME = /^[^\s\p{C}](?:[^\p{C}\n]*[^\s\p{C}])?$/u;

export const METRIC_NAME_HINT = `Use 1 to ${MAX_LENGTH} characters, none of them a control character, and no blanks around them.`;

export function isMetricName(text: string): boolean {
  return text.length <= MAX_LENGTH && NAME.test(text);
}

/** Checks the name of a metric, which is its key. */
export function checkMetricName(name: string, spot: Spot, report: FindingReport): void {
  if (isMetricName(name)) return;
  report.add(
    'value-out-of-range',
    atKey(spot),
    `${quote(name)} cannot be the name of a metric.`,
    METRIC_NAME_HINT,
  );
}
