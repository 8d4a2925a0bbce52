import type { PoolCapacity } from '../server/pool-view.js';
import { formatBytes } from './byte-size.js';
import { toPlainText } from './plain-text.js';

type Amount = keyof PoolCapacity;

/** Each amount as people write it, in the order in which they are shown. */
const FORMATS: Readonly<Record<Amount, (amount: number) => string>> = {
  slots: String,
  cpu: String,
  memory: formatBytes,
  disk: formatBytes,
};

/** `slots 3 of 4, memory 12GiB of 16GiB`: what is used of what there is. */
export function describeUse(used: PoolCapacity, capacity: PoolCapacity): string {
  return describe(capacity, (name, format) => `${format(used[name] ?? 0)} of ${format(capacity[name]!)}`);
}

/** `slots 1, memory 4GiB` */
export function describeAmounts(amounts: PoolCapacity): string {
  return describe(amounts, (name, format) => format(amounts[name]!));
}

function describe(
  present: PoolCapacity,
  say: (name: Amount, format: (amount: number) => string) => string,
): string {
  const names = (Object.keys(FORMATS) as Amount[]).filter((name) => present[name] !== undefined);
  return toPlainText(names.map((name) => `${name} ${say(name, FORMATS[name])}`).join(', '));
}
