import type { Reading } from '../reading/context.js';
import type { Value } from '../reading/value.js';
import type { Tree } from '../reading/yaml-tree.js';

const INPUT = /\$\[\[\s*inputs\.([\w-]+)[^\]]*\]\]/g;

/** Puts values, or else their initial ones, in the places of `$[[ inputs.name ]]`. */
export function fillInputs(tree: Tree, spec: Value, given: Value, reading: Reading): Tree {
  const treeOf = (name: string): Tree | undefined => {
    const value = given.get(name);
    const initial = spec.get(name, 'default');
    return value.exists ? value.tree : initial.exists ? initial.tree : undefined;
  };
  const fill = (at: Tree): Tree => {
    reading.spend(1, at.place);
    if (at.kind === 'list') return { ...at, items: at.items.map(fill) };
    if (at.kind === 'map')
      return {
        ...at,
        entries: at.entries.map((entry) => ({
          ...entry,
          key: replace(entry.key, treeOf),
          value: fill(entry.value),
        })),
      };
    if (at.kind !== 'text' || !at.text.includes('$[[')) return at;
    const whole = /^\$\[\[\s*inputs\.([\w-]+)\s*\]\]$/.exec(at.text)?.[1];
    const value = whole === undefined ? undefined : treeOf(whole);
    if (value !== undefined) return value;
    const text = replace(at.text, treeOf);
    return { ...at, text, value: text };
  };
  return fill(tree);
}

function replace(text: string, treeOf: (name: string) => Tree | undefined): string {
  return text.replace(INPUT, (whole, name: string) => {
    const value = treeOf(name);
    return value?.kind === 'text' ? value.text : whole;
  });
}
