import type { Reading } from '../reading/context.js';
import type { Entry, Tree } from '../reading/yaml-tree.js';

/** Maps are merged key by key; of anything else the later stands. */
export function mergeTrees(under: Tree, over: Tree, reading: Reading): Tree {
  if (under.kind !== 'map' || over.kind !== 'map') return over;
  reading.spend(under.entries.length + over.entries.length, over.place);
  const merged = new Map<string, Entry>(under.entries.map((entry) => [entry.key, entry]));
  for (const entry of over.entries) {
    const before = merged.get(entry.key);
    merged.set(
      entry.key,
      before === undefined ? entry : { ...entry, value: mergeTrees(before.value, entry.value, reading) },
    );
  }
  return { kind: 'map', place: over.place, entries: [...merged.values()] };
}
