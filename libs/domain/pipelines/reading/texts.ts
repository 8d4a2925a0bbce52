import type { Reading } from './context.js';
import type { Value } from './value.js';
import type { TextTree, Tree } from './yaml-tree.js';

/** All texts in a value, keys aside. */
export function listTexts(value: Value, reading: Reading): readonly TextTree[] {
  const found: TextTree[] = [];
  const open: Tree[] = [value.tree];
  for (let tree = open.pop(); tree !== undefined; tree = open.pop()) {
    reading.spend(1, tree.place);
    if (tree.kind === 'text') found.push(tree);
    else if (tree.kind === 'list') open.push(...tree.items);
    else if (tree.kind === 'map') open.push(...tree.entries.map((each) => each.value));
  }
  return found;
}

/** Texts of lists within lists, in their order. */
export function flatten(value: Value, reading: Reading, depth = 0): readonly Value[] {
  reading.spend(1, value.place);
  if (!value.isList) return value.exists ? [value] : [];
  return depth > 10 ? [] : value.items.flatMap((each) => flatten(each, reading, depth + 1));
}
