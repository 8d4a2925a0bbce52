import type { Json } from '../json.js';
import type { Position } from '../validation/finding.js';
import type { Path } from './path.js';

/** A definition's text as a tree of plain values that know where they stand. Keys are unique and harmless. */
export interface ParsedTree {
  readonly root: TreeNode;
}

export type TreeNode = TreeScalar | TreeList | TreeMap;

export interface TreeScalar {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
  readonly position: Position;
  /** Column of the text's first character, where the text stands on one line exactly as it reads. */
  readonly textColumn?: number;
}

export interface TreeList {
  readonly kind: 'list';
  readonly items: readonly TreeNode[];
  readonly position: Position;
}

export interface TreeMap {
  readonly kind: 'map';
  /** In written order. */
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly position: Position;
}

export interface TreeEntry {
  readonly keyPosition: Position;
  readonly value: TreeNode;
}

/** A value of the tree and the way to it. */
export interface Spot<N extends TreeNode = TreeNode> {
  readonly node: N;
  readonly path: Path | undefined;
  /** Where its key stands; absent for the root and for items of lists. */
  readonly keyPosition?: Position;
}

/** The value under `key`, if it is there. */
export function entryOf(map: Spot<TreeMap>, key: string): Spot | undefined {
  const entry = map.node.entries.get(key);
  if (entry === undefined) return undefined;
  return { node: entry.value, path: { parent: map.path, key }, keyPosition: entry.keyPosition };
}

export function entriesOf(map: Spot<TreeMap>): readonly (readonly [string, Spot])[] {
  return [...map.node.entries.keys()].map((key) => [key, entryOf(map, key)!] as const);
}

export function itemsOf(list: Spot<TreeList>): readonly Spot[] {
  return list.node.items.map((node, key) => ({ node, path: { parent: list.path, key } }));
}

/** The value at `path` below `spot`, or the nearest one above it that exists. */
export function descend(spot: Spot, path: readonly (string | number)[]): Spot {
  let current = spot;
  for (const key of path) {
    const next = childOf(current, key);
    if (next === undefined) break;
    current = next;
  }
  return current;
}

function childOf(spot: Spot, key: string | number): Spot | undefined {
  if (isMap(spot)) return entryOf(spot, String(key));
  if (!isList(spot)) return undefined;
  const index = Number(key);
  const node = spot.node.items[index];
  return node === undefined ? undefined : { node, path: { parent: spot.path, key: index } };
}

export function isMap(spot: Spot): spot is Spot<TreeMap> {
  return spot.node.kind === 'map';
}

export function isList(spot: Spot): spot is Spot<TreeList> {
  return spot.node.kind === 'list';
}

export function isScalar(spot: Spot): spot is Spot<TreeScalar> {
  return spot.node.kind === 'scalar';
}

/** The plain value. Sets own properties only, whatever their names. */
export function toJson(node: TreeNode): Json {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(toJson);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toJson(entry.value)]));
  }
}

/** Where the character at `offset` of a text stands, or where the text begins when that cannot be told. */
export function positionInText(scalar: TreeScalar, offset: number): Position {
  if (scalar.textColumn === undefined) return scalar.position;
  return { line: scalar.position.line, column: scalar.textColumn + offset };
}
