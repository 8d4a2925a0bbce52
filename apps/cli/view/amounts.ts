import type { Amounts } from '#domain/plan/plan.js';
import { formatBytes } from './byte-size.js';
import { toPlainText } from './plain-text.js';

type Amount = keyof Amounts;

/** Each amount as people write it, in the order in which they are shown. */
const FORMATS: Readonly<Record<Amount, (amount: number) => string>> = {
  slots: String,
  cpu: String,
  memory: formatBytes,
  disk: formatBytes,
};

/** `slots 3 of 4, memory 12GiB`: what is used, and of how much where that is limited. */
export function describeUse(used: Amounts, capacity: Amounts): string {
  return describe({ ...used, ...capacity }, (name, format) => {
    const limit = capacity[name];
    return `${format(used[name] ?? 0)}${limit === undefined ? '' : ` of ${format(limit)}`}`;
  });
}

/** `slots 1, memory 4GiB` */
export function describeAmounts(amounts: Amounts): string {
  return describe(amounts, (name, format) => format(amounts[name]!));
}

function describe(
  present: Amounts,
  say: (name: Amount, format: (amount: number) => string) => string,
): string {
  const names = (Object.keys(FORMATS) as Amount[]).filter((name) => present[name] !== undefined);
  return toPlainText(names.map((name) => `${name} ${say(name, FORMATS[name])}`).join(', '));
}
