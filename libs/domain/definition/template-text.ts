import { atValue } from '../validation/report.js';
import type { NodeSource, Reading } from './reading.js';
import { itemsOf, type Spot } from './tree.js';
import { readList, readText } from './values.js';

/** Characters of a name that is written out. */
const MAX_NAME = 200;

/** A text in which `${{ }}` may stand. */
export function readTextTemplate(
  spot: Spot,
  owner: NodeSource,
  reading: Reading,
  hint: string,
): string | undefined {
  const text = readText(spot, reading.report, hint);
  return text && String(reading.readTemplate(text, owner).value);
}

/**
 * The name of something outside the definition, in which `${{ }}` may stand. `refuse` says what is wrong with one that is
 * written out.
 */
export function readNameTemplate(
  spot: Spot,
  owner: NodeSource,
  reading: Reading,
  { hint, refuse }: { readonly hint: string; readonly refuse?: (name: string) => string | undefined },
): string | undefined {
  const text = readText(spot, reading.report, hint);
  if (text === undefined) return undefined;
  const name = String(text.node.value);
  if (reading.readTemplate(text, owner).kind !== 'literal') return name;
  if (name.trim() === '' || name.length > MAX_NAME) {
    const message = `A name has 1 to ${MAX_NAME} characters.`;
    reading.report.add('value-out-of-range', atValue(text), message, hint);
    return undefined;
  }
  const problem = refuse?.(name);
  if (problem === undefined) return name;
  reading.report.add('value-not-allowed', atValue(text), problem, hint);
  return undefined;
}

/** A list of at most `most` such names; what is written twice is refused. */
export function readNameTemplates(
  spot: Spot,
  owner: NodeSource,
  reading: Reading,
  rules: {
    readonly most: number;
    readonly hint: string;
    readonly refuse?: (name: string) => string | undefined;
    readonly twice: (name: string, spot: Spot) => void;
  },
): readonly string[] | undefined {
  const list = readList(spot, reading.report, rules.hint);
  if (list === undefined) return undefined;
  const items = itemsOf(list);
  if (items.length > rules.most) {
    const message = `There are ${items.length} here.`;
    reading.report.add('value-out-of-range', atValue(list), message, `Write at most ${rules.most}.`);
  }
  const names = new Set<string>();
  for (const item of items) {
    const name = readNameTemplate(item, owner, reading, rules);
    if (name === undefined) continue;
    if (names.has(name)) rules.twice(name, item);
    names.add(name);
  }
  return [...names];
}
