import {
  isList,
  isMap,
  itemsOf,
  type Spot,
  type TreeEntry,
  type TreeMap,
  type TreeNode,
} from '../../definition/tree.js';
import { DEPENDENCY_KEYS, normalizeKey, textOf } from './keys.js';

const LISTS = ['steps', 'branches', 'tasks', 'parallel', 'parallelsteps', 'children', 'jobs'];
const HOLDERS = ['config', 'parameters', 'params', 'properties', 'options', 'settings', 'spec'];

/**
 * A parallel step that names other steps of its list holds them: they are moved into it, and what they depend on, it
 * depends on.
 *
 * @param nameOf the name by which a step is known
 */
export function inlineParallel(spots: readonly Spot[], nameOf: (spot: Spot) => string): readonly Spot[] {
  const byName = new Map(spots.map((spot) => [nameOf(spot), spot]));
  const moved = new Set<Spot>();
  const written = spots.map((spot) => {
    const named =
      isMap(spot) && /^(parallel|fork|concurrent|parallel_?group)$/i.test(textOf(member(spot, 'type')) ?? '')
        ? findNames(spot)
        : undefined;
    if (named === undefined) return spot;
    const members = named.names.map((name) => byName.get(name));
    const fits = members.every(
      (each) => each !== undefined && each !== spot && isMap(each) && !moved.has(each),
    );
    if (!fits) return spot;
    for (const each of members) moved.add(each!);
    return hold(spot as Spot<TreeMap>, named.key, members as Spot<TreeMap>[], nameOf);
  });
  return written.filter((_, index) => !moved.has(spots[index]!));
}

interface Named {
  readonly key: string;
  readonly names: readonly string[];
}

function findNames(step: Spot<TreeMap>): Named | undefined {
  for (const map of [step, ...HOLDERS.flatMap((key) => member(step, key) ?? [])]) {
    if (!isMap(map)) continue;
    for (const [key, { value }] of map.node.entries) {
      const list: Spot = { node: value, path: undefined };
      if (!LISTS.includes(normalizeKey(key)) || !isList(list)) continue;
      const names = itemsOf(list).map(textOf);
      if (names.length > 0 && names.every((name) => name !== undefined))
        return { key, names: names as string[] };
    }
  }
  return undefined;
}

function member(map: Spot<TreeMap>, key: string): Spot | undefined {
  const found = [...map.node.entries].find(([name]) => normalizeKey(name) === key);
  return found && { node: found[1].value, path: undefined };
}

function hold(
  step: Spot<TreeMap>,
  key: string,
  members: readonly Spot<TreeMap>[],
  nameOf: (spot: Spot) => string,
): Spot {
  const { position } = step.node;
  const inside = new Set([nameOf(step), ...members.map(nameOf)]);
  const needed = [...members, step]
    .flatMap((each) => dependenciesOf(each))
    .filter((name) => !inside.has(name));
  const items: TreeNode[] = members.map(({ node }) => without(node, DEPENDENCY_KEYS));
  const own = without(step.node, DEPENDENCY_KEYS);
  const entries = new Map<string, TreeEntry>();
  for (const [name, entry] of own.entries) {
    const isHolder = HOLDERS.includes(normalizeKey(name)) && entry.value.kind === 'map';
    entries.set(
      name,
      isHolder ? { ...entry, value: without(entry.value as TreeMap, [normalizeKey(key)]) } : entry,
    );
  }
  entries.set(key, { keyPosition: position, value: { kind: 'list', items, position } });
  if (needed.length > 0) {
    const names: TreeNode[] = [...new Set(needed)].map((value) => ({ kind: 'scalar', value, position }));
    entries.set('dependencies', { keyPosition: position, value: { kind: 'list', items: names, position } });
  }
  return { ...step, node: { kind: 'map', entries, position } };
}

function dependenciesOf(step: Spot<TreeMap>): readonly string[] {
  return DEPENDENCY_KEYS.flatMap((key) => {
    const spot = member(step, key);
    if (spot === undefined) return [];
    return (isList(spot) ? itemsOf(spot) : [spot]).flatMap((item) => textOf(item) ?? []);
  });
}

function without(map: TreeMap, keys: readonly string[]): TreeMap {
  return {
    ...map,
    entries: new Map([...map.entries].filter(([name]) => !keys.includes(normalizeKey(name)))),
  };
}
