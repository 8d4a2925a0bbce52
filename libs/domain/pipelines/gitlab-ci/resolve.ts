import type { Reading } from '../reading/context.js';
import { Value } from '../reading/value.js';
import type { Tree } from '../reading/yaml-tree.js';
import { mergeTrees } from './merge.js';

/** As deep as the platform allows. */
const MAX_EXTENDS = 11;
const MAX_REFERENCES = 10;

/** Jobs with what they extend, and with what they refer to, in place. */
export class Resolver {
  private readonly known = new Map<string, Tree>();

  constructor(
    private readonly root: Value,
    private readonly reading: Reading,
  ) {}

  job(name: string): Value {
    return this.value(new Value(this.extended(name, [])));
  }

  /** With what `!reference` stands for. */
  value(value: Value): Value {
    return new Value(this.dereference(value.tree, []));
  }

  private extended(name: string, open: readonly string[]): Tree {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const own = this.root.get(name);
    const parents = own.get('extends').all;
    let under: Tree = { kind: 'map', place: own.place, entries: [] };
    for (const parent of parents) {
      const text = parent.text ?? '';
      const circular = text === name || open.includes(text);
      if (circular || open.length >= MAX_EXTENDS) {
        this.reading.note('reference-circular', parent.place, `${name} extends itself through ${text}.`);
      } else if (!this.root.get(text).exists) {
        this.reading.note('reference-missing', parent.place, `No ${text.slice(0, 80)} is there to extend.`);
      } else under = mergeTrees(under, this.extended(text, [...open, name]), this.reading);
    }
    const merged = parents.length === 0 ? own.tree : mergeTrees(under, own.tree, this.reading);
    this.known.set(name, merged);
    return merged;
  }

  private dereference(tree: Tree, open: readonly string[]): Tree {
    this.reading.spend(1, tree.place);
    if (tree.kind === 'reference') return this.follow(tree, open);
    if (tree.kind === 'list')
      return { ...tree, items: tree.items.flatMap((each) => this.spread(each, open)) };
    if (tree.kind !== 'map') return tree;
    return {
      ...tree,
      entries: tree.entries.map((entry) => ({ ...entry, value: this.dereference(entry.value, open) })),
    };
  }

  /** A list that is referred to within a list becomes a part of it. */
  private spread(tree: Tree, open: readonly string[]): readonly Tree[] {
    const found = this.dereference(tree, open);
    return tree.kind === 'reference' && found.kind === 'list' ? found.items : [found];
  }

  private follow(tree: Extract<Tree, { kind: 'reference' }>, open: readonly string[]): Tree {
    const name = tree.path.join('.');
    const empty: Tree = { kind: 'empty', place: tree.place };
    if (open.includes(name) || open.length >= MAX_REFERENCES) {
      this.reading.note('reference-circular', tree.place, `${name.slice(0, 80)} refers to itself.`);
      return empty;
    }
    const [job = '', ...keys] = tree.path;
    const from = new Value(
      this.root.get(job).get('extends').exists ? this.extended(job, []) : this.root.get(job).tree,
    );
    const found = from.get(...keys);
    if (!found.exists) {
      this.reading.note('reference-missing', tree.place, `No ${name.slice(0, 80)} is there to refer to.`);
      return empty;
    }
    return this.dereference(found.tree, [...open, name]);
  }
}
