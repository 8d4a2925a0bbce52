import type { Reading } from '../reading/context.js';
import { Value } from '../reading/value.js';
import type { Tree } from '../reading/yaml-tree.js';

const WHOLE = /^<<\s*parameters\.([\w-]+)\s*>>$/;
const PART = /<<\s*parameters\.([\w-]+)\s*>>/g;

/** A job, command or executor with its parameters filled in: given ones, else the initial ones it declares. */
export function fillParameters(body: Value, given: Value, reading: Reading): Value {
  const declared = body.get('parameters');
  const treeOf = (name: string): Tree | undefined => {
    const value = given.get(name);
    if (value.exists) return value.tree;
    const initial = declared.get(name, 'default');
    return initial.exists ? initial.tree : undefined;
  };
  const fill = (tree: Tree): Tree => {
    reading.spend(1, tree.place);
    if (tree.kind === 'list') {
      const items = tree.items.flatMap((each) => {
        const filled = fill(each);
        // A parameter that holds steps is spread among the steps around it.
        return each.kind === 'text' && filled.kind === 'list' ? filled.items : [filled];
      });
      return { ...tree, items };
    }
    if (tree.kind === 'map')
      return { ...tree, entries: tree.entries.map((entry) => ({ ...entry, value: fill(entry.value) })) };
    if (tree.kind !== 'text' || !tree.text.includes('<<')) return tree;
    const whole = WHOLE.exec(tree.text)?.[1];
    const value = whole === undefined ? undefined : treeOf(whole);
    if (value !== undefined) return value;
    const text = tree.text.replace(PART, (all, name: string) => {
      const found = treeOf(name);
      return found?.kind === 'text' ? found.text : all;
    });
    return { ...tree, text, value: text };
  };
  return new Value(fill(body.tree));
}
