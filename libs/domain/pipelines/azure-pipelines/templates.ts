import type { Place, Use } from '../pipeline.js';
import { FILE_COST, type Reading } from '../reading/context.js';
import { pinningOf } from '../reading/references.js';
import { Value } from '../reading/value.js';
import { type Entry, readTrees, type Tree } from '../reading/yaml-tree.js';

/** As deep as the platform allows. */
const MAX_NESTED = 100;

/** Values by name: `parameters`, and what loops bind. */
type Scope = ReadonlyMap<string, Tree>;

/** What the templates of one pipeline share. */
export class Templates {
  readonly uses: Use[] = [];
  readonly repositories = new Map<string, string | undefined>();
  private readonly open: string[] = [];

  constructor(readonly reading: Reading) {}

  /** A file with its parameters filled in; undefined where it lies elsewhere, or cannot be read. */
  enter<T>(call: Value, file: string, read: (root: Value, file: string) => T): T | undefined {
    const name = call.get('template').text ?? '';
    const { place } = call.get('template');
    const [path = '', repository] = name.split('@', 2);
    if (repository !== undefined && repository !== 'self') {
      this.noteRemote(path, repository, place);
      return undefined;
    }
    if (path.includes('${{')) {
      this.reading.note('made-at-run-time', place, 'The name of the template is computed.');
      return undefined;
    }
    const target = path.startsWith('/') ? path.slice(1) : resolve(file, path);
    if (this.open.includes(target) || this.open.length >= MAX_NESTED) {
      this.reading.note('reference-circular', place, `${target} includes itself.`);
      return undefined;
    }
    this.reading.spend(FILE_COST, place);
    this.open.push(target);
    const answer = this.reading.attempt(() => {
      const [tree] = readTrees(this.reading, target, place);
      const root = new Value(tree ?? { kind: 'empty', place });
      return read(this.fill(root, call.get('parameters')), target);
    });
    this.open.pop();
    return answer;
  }

  /** A file, with `${{ }}` evaluated as far as parameters go. */
  fill(root: Value, given: Value): Value {
    const scope = new Map<string, Tree>();
    const declared = root.get('parameters');
    for (const each of declared.items) {
      const name = each.get('name').text;
      if (name !== undefined && each.get('default').exists)
        scope.set(`parameters.${name}`, each.get('default').tree);
    }
    for (const [name, value] of declared.entries) scope.set(`parameters.${name}`, value.tree);
    for (const [name, value] of given.entries) scope.set(`parameters.${name}`, value.tree);
    return new Value(new Filler(this.reading, scope).fill(root.tree));
  }

  private noteRemote(path: string, repository: string, place: Place): void {
    const version = this.repositories.get(repository);
    const bare = version?.replace(/^refs\/(heads|tags)\//, '');
    this.uses.push({
      kind: 'template',
      name: `${path}@${repository}`,
      pinning: version?.startsWith('refs/heads/') ? 'branch' : pinningOf(bare),
      place,
      ...(version === undefined ? {} : { version }),
    });
    this.reading.note('reference-remote', place, `${path.slice(0, 200)} of ${repository} was not looked up.`);
  }
}

function resolve(file: string, path: string): string {
  const parts = file.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

const WHOLE = /^\$\{\{\s*([\w.-]+)\s*\}\}$/;
const PART = /\$\{\{\s*([\w.-]+)\s*\}\}/g;
const EACH = /^\$\{\{\s*each\s+(\w+)\s+in\s+([\w.-]+)\s*\}\}$/;
const ASKS = /^\$\{\{\s*(if|elseif|else|insert)\b.*\}\}$/s;

/** Both sides of a condition are taken: which one holds is known at run time. */
class Filler {
  constructor(
    private readonly reading: Reading,
    private scope: Scope,
  ) {}

  fill(tree: Tree): Tree {
    this.reading.spend(1, tree.place);
    if (tree.kind === 'text') return this.fillText(tree);
    if (tree.kind === 'list') return { ...tree, items: tree.items.flatMap((each) => this.fillItem(each)) };
    if (tree.kind === 'map')
      return { ...tree, entries: tree.entries.flatMap((each) => this.fillEntry(each)) };
    return tree;
  }

  private fillText(tree: Extract<Tree, { kind: 'text' }>): Tree {
    if (!tree.text.includes('${{')) return tree;
    const whole = WHOLE.exec(tree.text)?.[1];
    const value = whole === undefined ? undefined : this.lookup(whole);
    if (value !== undefined) return value;
    const text = tree.text.replace(PART, (all, name: string) => {
      const found = this.lookup(name);
      return found?.kind === 'text' ? found.text : all;
    });
    return { ...tree, text, value: text };
  }

  private lookup(name: string): Tree | undefined {
    const known = this.scope.get(name);
    if (known !== undefined) return known;
    const [first = '', second = '', ...rest] = name.split('.');
    const base = this.scope.get(first) ?? this.scope.get(`${first}.${second}`);
    if (base === undefined) return undefined;
    const found = new Value(base).get(...(this.scope.has(first) ? [second, ...rest] : rest));
    return found.exists ? found.tree : undefined;
  }

  /** An item that is a list in the end is spread into the list around it. */
  private fillItem(tree: Tree): readonly Tree[] {
    const [entry] = tree.kind === 'map' ? tree.entries : [];
    const isAlone = tree.kind === 'map' && tree.entries.length === 1 && entry !== undefined;
    if (isAlone && EACH.test(entry.key))
      return this.repeat(entry).flatMap((each) => (each.kind === 'list' ? each.items : [each]));
    if (isAlone && ASKS.test(entry.key)) {
      const inner = this.fill(entry.value);
      return inner.kind === 'list' ? inner.items : inner.kind === 'empty' ? [] : [inner];
    }
    const filled = this.fill(tree);
    const wasText = tree.kind === 'text' && filled.kind === 'list';
    return wasText ? filled.items : [filled];
  }

  private fillEntry(entry: Entry): readonly Entry[] {
    if (ASKS.test(entry.key)) return entriesOf(this.fill(entry.value));
    if (EACH.test(entry.key)) return this.repeat(entry).flatMap(entriesOf);
    const key = this.fillText({
      kind: 'text',
      text: entry.key,
      value: entry.key,
      place: entry.place,
      textPlace: entry.place,
    });
    return [{ ...entry, key: key.kind === 'text' ? key.text : entry.key, value: this.fill(entry.value) }];
  }

  /** Once for each value of a list that is known, else once. */
  private repeat({ key, value }: Entry): readonly Tree[] {
    const [, name = '', source = ''] = EACH.exec(key) ?? [];
    const list = this.lookup(source);
    const items =
      list?.kind === 'list' ? list.items : list?.kind === 'map' ? list.entries.map(pairOf) : undefined;
    if (items === undefined) return [this.fill(value)];
    const outer = this.scope;
    const all = items.map((item) => {
      this.scope = new Map(outer).set(name, item);
      return this.fill(value);
    });
    this.scope = outer;
    return all;
  }
}

function entriesOf(tree: Tree): readonly Entry[] {
  return tree.kind === 'map' ? tree.entries : [];
}

function pairOf({ key, place, value }: Entry): Tree {
  const text: Tree = { kind: 'text', text: key, value: key, place, textPlace: place };
  return {
    kind: 'map',
    place,
    entries: [
      { key: 'key', place, value: text },
      { key: 'value', place, value },
    ],
  };
}
