import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLMap,
} from 'yaml';
import type { Place } from '../pipeline.js';
import { Refusal } from '../unread.js';
import { MAX_DEPTH, type Reading, startOf } from './context.js';

/** A value with its place. What aliases stand for is shared, and merge keys are resolved. */
export type Tree = MapTree | ListTree | TextTree | ReferenceTree | EmptyTree;

interface MapTree {
  readonly kind: 'map';
  readonly place: Place;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly key: string;
  readonly place: Place;
  readonly value: Tree;
}

interface ListTree {
  readonly kind: 'list';
  readonly place: Place;
  readonly items: readonly Tree[];
}

/** Texts, numbers and booleans. */
export interface TextTree {
  readonly kind: 'text';
  readonly place: Place;
  /** As written. */
  readonly text: string;
  readonly value: string | number | boolean;
  /** Where the text itself begins: below the sign of a block. */
  readonly textPlace: Place;
}

/** GitLab's `!reference [job, key]`. */
interface ReferenceTree {
  readonly kind: 'reference';
  readonly place: Place;
  readonly path: readonly string[];
}

interface EmptyTree {
  readonly kind: 'empty';
  readonly place: Place;
}

const STARTED = new WeakMap<Reading, Map<string, readonly Tree[]>>();

/** The documents of a file of YAML; read once for each reading. Throws Refusal. */
export function readTrees(reading: Reading, file: string, from: Place): readonly Tree[] {
  const known = STARTED.get(reading) ?? new Map<string, readonly Tree[]>();
  STARTED.set(reading, known);
  const before = known.get(file);
  if (before !== undefined) return before;
  const trees = parseTrees(reading.text(file, from), file, reading);
  known.set(file, trees);
  return trees;
}

function parseTrees(text: string, file: string, reading: Reading): readonly Tree[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    uniqueKeys: false,
    logLevel: 'silent',
    merge: false,
  });
  return [...documents].map((document) => {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      throw new Refusal('syntax-wrong', { file, line: Math.max(1, line), column: Math.max(1, col) });
    }
    return new Builder(file, text, lines, reading).build(document.contents, 0);
  });
}

class Builder {
  private readonly anchors = new Map<string, Tree>();

  constructor(
    private readonly file: string,
    private readonly text: string,
    private readonly lines: LineCounter,
    private readonly reading: Reading,
  ) {}

  build(node: unknown, depth: number): Tree {
    if (isAlias(node)) return this.resolve(node);
    const place = this.placeOf(node);
    if (depth > MAX_DEPTH) throw new Refusal('nesting-too-deep', place);
    this.reading.spend(1, place);
    const tree = this.convert(node, place, depth);
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor !== undefined) this.anchors.set(anchor, tree);
    return tree;
  }

  private convert(node: unknown, place: Place, depth: number): Tree {
    if (isSeq(node)) {
      const items = node.items.map((each) => this.build(each, depth + 1));
      if (node.tag !== '!reference') return { kind: 'list', place, items };
      return {
        kind: 'reference',
        place,
        path: items.flatMap((each) => (each.kind === 'text' ? [each.text] : [])),
      };
    }
    if (isMap(node)) return this.convertMap(node, place, depth);
    if (!isScalar(node) || node.value === null || node.value === undefined) return { kind: 'empty', place };
    const value = node.value as string | number | boolean;
    const plain = typeof value === 'string' ? value : (node.source ?? String(value));
    const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
    return {
      kind: 'text',
      place,
      text: plain,
      value,
      textPlace: isBlock ? this.belowOf(node, place) : place,
    };
  }

  private convertMap(node: YAMLMap, place: Place, depth: number): MapTree {
    const own: Entry[] = [];
    const merged: Entry[] = [];
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.source ?? key.value) : '';
      const tree = this.build(value, depth + 1);
      if (name === '<<') merged.push(...this.entriesToMerge(tree));
      else own.push({ key: name, place: this.placeOf(key), value: tree });
    }
    if (merged.length === 0) return { kind: 'map', place, entries: own };
    const known = new Set(own.map(({ key }) => key));
    const inherited: Entry[] = [];
    for (const entry of merged) {
      if (known.has(entry.key)) continue;
      known.add(entry.key);
      inherited.push(entry);
    }
    return { kind: 'map', place, entries: [...inherited, ...own] };
  }

  /** The first of several maps wins. */
  private entriesToMerge(tree: Tree): readonly Entry[] {
    const maps = tree.kind === 'list' ? tree.items : [tree];
    return maps.flatMap((each) => {
      if (each.kind !== 'map') return [];
      this.reading.spend(each.entries.length, each.place);
      return each.entries;
    });
  }

  private resolve(alias: Alias): Tree {
    const place = this.placeOf(alias);
    this.reading.spend(1, place);
    const known = this.anchors.get(alias.source);
    if (known !== undefined) return known;
    this.reading.note('reference-missing', place, `No anchor ${alias.source.slice(0, 80)} stands above it.`);
    return { kind: 'empty', place };
  }

  private placeOf(node: unknown): Place {
    const range = (node as Node | null)?.range;
    if (!range) return startOf(this.file);
    return this.placeAt(range[0]);
  }

  private placeAt(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { file: this.file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  private belowOf(node: Node, place: Place): Place {
    const end = node.range![1];
    let at = this.text.indexOf('\n', node.range![0]) + 1;
    if (at === 0) return place;
    while (at < end && ' \t\r\n'.includes(this.text[at]!)) at++;
    const found = this.placeAt(at);
    // Lines that are empty belong to the text.
    return { ...found, line: place.line + 1 };
  }
}
