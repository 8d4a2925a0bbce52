import type { Json } from '../../json.js';
import type { Place } from '../pipeline.js';
import type { Entry, Tree } from './yaml-tree.js';

const INDEXES = new WeakMap<readonly Entry[], ReadonlyMap<string, Entry>>();

/** A value that others wrote. What is not as expected is empty, never an error. */
export class Value {
  constructor(readonly tree: Tree) {}

  get place(): Place {
    return this.tree.place;
  }

  get exists(): boolean {
    return this.tree.kind !== 'empty';
  }

  get isMap(): boolean {
    return this.tree.kind === 'map';
  }

  get isList(): boolean {
    return this.tree.kind === 'list';
  }

  /** Of texts, and of numbers and booleans as they are written. */
  get text(): string | undefined {
    return this.tree.kind === 'text' ? this.tree.text : undefined;
  }

  get textPlace(): Place {
    return this.tree.kind === 'text' ? this.tree.textPlace : this.place;
  }

  get isTrue(): boolean {
    return this.tree.kind === 'text' && (this.tree.value === true || this.tree.value === 'true');
  }

  get number(): number | undefined {
    if (this.tree.kind !== 'text') return undefined;
    const number =
      typeof this.tree.value === 'number' ? this.tree.value : Number(this.tree.text || Number.NaN);
    return Number.isFinite(number) ? number : undefined;
  }

  get entries(): readonly (readonly [key: string, value: Value, place: Place])[] {
    if (this.tree.kind !== 'map') return [];
    return this.tree.entries.map(({ key, value, place }) => [key, new Value(value), place] as const);
  }

  get items(): readonly Value[] {
    return this.tree.kind === 'list' ? this.tree.items.map((each) => new Value(each)) : [];
  }

  /** Its items where it is a list; itself where it is anything else but empty. */
  get all(): readonly Value[] {
    if (this.tree.kind === 'list') return this.items;
    return this.exists ? [this] : [];
  }

  /** The texts of `all`. */
  get texts(): readonly string[] {
    return this.all.flatMap(({ text }) => (text === undefined ? [] : [text]));
  }

  get(...keys: readonly string[]): Value {
    let at: Tree = this.tree;
    for (const key of keys) {
      const found = at.kind === 'map' ? indexOf(at.entries).get(key)?.value : undefined;
      at = found ?? { kind: 'empty', place: at.place };
    }
    return new Value(at);
  }

  /** Where the key stands; where there is none, where the map begins. */
  placeOf(key: string): Place {
    return (this.tree.kind === 'map' ? indexOf(this.tree.entries).get(key)?.place : undefined) ?? this.place;
  }

  /** As plain data; what is nested deep is left out. */
  toJson(depth = 0): Json {
    const { tree } = this;
    if (tree.kind === 'text') return tree.value;
    if (depth > 5) return null;
    if (tree.kind === 'list') return this.items.slice(0, 100).map((each) => each.toJson(depth + 1));
    if (tree.kind !== 'map') return null;
    return Object.fromEntries(
      this.entries.slice(0, 100).map(([key, value]) => [key, value.toJson(depth + 1)]),
    );
  }

  /** The texts of a map, by key. */
  get record(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.entries.flatMap(([key, { text }]) => (text === undefined ? [] : [[key, text] as const])),
    );
  }
}

/** The last of the same key wins. */
function indexOf(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  const known = INDEXES.get(entries);
  if (known !== undefined) return known;
  const index = new Map(entries.map((entry) => [entry.key, entry]));
  INDEXES.set(entries, index);
  return index;
}
