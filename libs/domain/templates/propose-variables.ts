import { formatPath, type Path } from '../definition/path.js';
import {
  entriesOf,
  isList,
  isMap,
  isScalar,
  itemsOf,
  type ParsedTree,
  type Spot,
  toJson,
} from '../definition/tree.js';
import type { Json } from '../json.js';
import { descendTo, isCondition, ROOT_STANDING, type Standing } from './places.js';

/** A value that a template may leave open, and why one would. */
export interface Proposal {
  /** Of the variable. */
  readonly name: string;
  /** Where the value stands, as findings write it; several where the same stands in several places. */
  readonly paths: readonly string[];
  readonly value: Json;
  readonly because: 'name' | 'address' | 'count' | 'duration' | 'repeated';
}

/** A value that may become a variable. */
export interface Literal {
  readonly path: string;
  readonly keys: readonly (string | number)[];
  readonly value: Json;
  readonly standing: Standing;
}

const MAX_PROPOSALS = 50;
const COUNTS: ReadonlySet<string> = new Set(['attempts', 'quorum', 'limit', 'max']);
const DURATIONS: ReadonlySet<string> = new Set(['timeout', 'expires', 'delay', 'maxDelay']);
const ADDRESSES: ReadonlySet<string> = new Set(['url', 'repository', 'ref']);
/** Shorter texts stand in several places by chance. */
const LEAST_REPEATED = 4;

/** What varies from one use of a definition to the next: its name, addresses, counts, durations, and what it repeats. */
export function proposeVariables(tree: ParsedTree): Proposal[] {
  const taken = new Set<string>();
  const proposals: Proposal[] = [];
  for (const group of groupEqual(listLiterals(tree))) {
    const because = explain(group);
    if (because === undefined || proposals.length === MAX_PROPOSALS) continue;
    const name = nameOf(group[0]!, taken);
    taken.add(name);
    proposals.push({ name, paths: group.map(({ path }) => path), value: group[0]!.value, because });
  }
  return proposals;
}

/** Every text, number and list of such that is written out, and stands where a variable may. */
export function listLiterals(tree: ParsedTree): Literal[] {
  const found: Literal[] = [];
  const visit = (spot: Spot, standing: Standing): void => {
    if (isMap(spot)) {
      for (const [key, entry] of entriesOf(spot)) visit(entry, descendTo(standing, key));
      return;
    }
    if (isList(spot)) {
      if (spot.node.items.every(({ kind }) => kind === 'scalar')) add(spot, standing);
      for (const item of itemsOf(spot)) visit(item, standing);
    } else if (isScalar(spot)) add(spot, standing);
  };
  const add = (spot: Spot, standing: Standing) => {
    const value = toJson(spot.node);
    if (value === null || isCondition(standing) || JSON.stringify(value).includes('${{')) return;
    if (standing.key === 'sluice' && standing.parentKey === undefined) return;
    found.push({ path: formatPath(spot.path), keys: keysOf(spot.path), value, standing });
  };
  visit({ node: tree.root, path: undefined }, ROOT_STANDING);
  return found;
}

/** Texts that are alike are one group; anything else stands alone. */
function groupEqual(literals: readonly Literal[]): Literal[][] {
  const groups = new Map<string, Literal[]>();
  for (const literal of literals) {
    const { value, path, standing } = literal;
    const mayRepeat = typeof value === 'string' && value.length >= LEAST_REPEATED && standing.data;
    const group = mayRepeat ? `text ${value}` : `path ${path}`;
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [literal]);
    else known.push(literal);
  }
  return [...groups.values()];
}

function explain(group: readonly Literal[]): Proposal['because'] | undefined {
  const { standing, value } = group[0]!;
  const { key = '', parentKey } = standing;
  if (key === 'name' && parentKey === undefined) return 'name';
  if (typeof value === 'string' && (ADDRESSES.has(key) || /^[a-z]+:\/\/./.test(value)) && standing.data)
    return 'address';
  if (typeof value === 'number' && COUNTS.has(key) && !standing.data) return 'count';
  if (typeof value === 'string' && DURATIONS.has(key) && !standing.data) return 'duration';
  return group.length > 1 && standing.key !== 'type' ? 'repeated' : undefined;
}

/** By its key, and where that is taken by the step, and then by a number. */
function nameOf({ keys, standing }: Literal, taken: ReadonlySet<string>): string {
  const texts = keys.filter((key) => typeof key === 'string').map(toIdentifier);
  const key = toIdentifier(standing.key ?? 'value');
  const step = texts[texts.indexOf('steps', texts.lastIndexOf('steps')) + 1] ?? '';
  const candidates = [key, `${step}_${key}`.replace(/^_+/, '')];
  for (let number = 2; ; number++) {
    const free = candidates.find((name) => !taken.has(name));
    if (free !== undefined) return free;
    candidates.push(`${key}_${number}`);
  }
}

function toIdentifier(text: string): string {
  const name = text.replace(/[^A-Za-z0-9_]/g, '_').slice(0, 60);
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}

function keysOf(path: Path | undefined): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at = path; at !== undefined; at = at.parent) keys.push(at.key);
  return keys.reverse();
}
