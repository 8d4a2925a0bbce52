import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { FindingCode } from '../validation/codes.js';
import type { Position } from '../validation/finding.js';
import type { FindingReport } from '../validation/report.js';
import { type Path, quote } from './path.js';
import type { ParsedTree, TreeEntry, TreeNode, TreeScalar } from './tree.js';

/** Levels of maps and lists, aliases followed. */
export const MAX_TREE_DEPTH = 256;

/** Values that aliases may repeat, in all. Stops a text of 1 KiB from meaning gigabytes. */
const MAX_ALIASED_VALUES = 10_000;

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

interface Source {
  readonly text: string;
  readonly positionAt: (offset: number) => Position;
  readonly report: FindingReport;
}

/**
 * Turns what the YAML library read into our tree, leaving out keys that were refused; undefined where a whole value is
 * missing because of an alias or a limit.
 */
export function buildTree(document: Document.Parsed, source: Source): ParsedTree | undefined {
  const builder = new TreeBuilder(source);
  const root = document.contents as Node | null;
  const { node } = builder.build(root, { path: undefined, depth: 0, fallback: { line: 1, column: 1 } });
  return builder.isWhole ? { root: node } : undefined;
}

interface Built {
  readonly node: TreeNode;
  /** Levels of maps and lists, this one included. */
  readonly height: number;
}

interface Anchored extends Built {
  /** Values in it, aliases followed. */
  readonly size: number;
}

interface Context {
  readonly path: Path | undefined;
  readonly depth: number;
  /** Where a value stands that was left out in the text. */
  readonly fallback: Position;
}

class TreeBuilder {
  /** By name; `open` while its value is being read. */
  private readonly anchors = new Map<string, Anchored | 'open'>();
  /** Values so far, aliases followed. */
  private count = 0;
  private whole = true;
  private aliased = 0;

  constructor(private readonly source: Source) {}

  /** No value had to be left out. */
  get isWhole(): boolean {
    return this.whole;
  }

  build(node: Node | null, context: Context): Built {
    const position = this.positionOf(node, context.fallback);
    if (node === null) return this.leaf({ kind: 'scalar', value: null, position });
    if (isAlias(node)) return this.follow(node, context, position);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    const before = this.count;
    if (anchor !== undefined) this.anchors.set(anchor, 'open');
    const built = this.buildValue(node, context, position);
    if (anchor !== undefined) this.anchors.set(anchor, { ...built, size: this.count - before });
    return built;
  }

  private buildValue(node: Node, context: Context, position: Position): Built {
    if (node.tag !== undefined) {
      this.refuse(
        'tag-unsupported',
        context,
        position,
        `The tag ${quote(node.tag)} has no meaning here.`,
        'Remove it.',
      );
    }
    if (isScalar(node)) return this.leaf(this.buildScalar(node, context, position));
    if (context.depth >= MAX_TREE_DEPTH) return this.tooDeep(context, position);
    if (isMap(node)) return this.buildMap(node, context, position);
    const items = isSeq(node) ? (node.items as Node[]) : [];
    const built = items.map((item, key) =>
      this.build(item, { path: { parent: context.path, key }, depth: context.depth + 1, fallback: position }),
    );
    return this.collection({ kind: 'list', items: built.map((item) => item.node), position }, built);
  }

  private buildMap(map: YAMLMap, context: Context, position: Position): Built {
    const entries = new Map<string, TreeEntry>();
    const built: Built[] = [];
    for (const pair of map.items as Pair<Node | null, Node | null>[]) {
      const keyPosition = this.positionOf(pair.key, position);
      const key = this.readKey(pair.key, context, keyPosition);
      if (key === undefined) continue;
      const path = { parent: context.path, key };
      // Also what is left out below is looked at, so that its findings come at once.
      const value = this.build(pair.value, { path, depth: context.depth + 1, fallback: keyPosition });
      if (!this.acceptKey(key, entries, { ...context, path }, keyPosition)) continue;
      built.push(value);
      entries.set(key, { keyPosition, value: value.node });
    }
    return this.collection({ kind: 'map', entries, position }, built);
  }

  private readKey(key: Node | null, context: Context, position: Position): string | undefined {
    if (!isScalar(key) || typeof key.value !== 'string') {
      const shown = isScalar(key) ? quote(String(key.source ?? '')) : 'This';
      const hint = isScalar(key)
        ? `Put it in quotes: ${quote(String(key.source ?? ''))}.`
        : 'Use a text as the key.';
      this.refuse('key-not-text', context, position, `${shown} is not text, as a key must be.`, hint);
      return undefined;
    }
    if (key.value === '<<' && key.type === 'PLAIN') {
      this.refuse(
        'merge-key-unsupported',
        context,
        position,
        'Merge keys are not part of YAML 1.2.',
        'Write the keys out, or use an alias for the whole value.',
      );
      return undefined;
    }
    return this.checkText(key.value, context, position);
  }

  private acceptKey(
    key: string,
    known: ReadonlyMap<string, TreeEntry>,
    at: Context,
    position: Position,
  ): boolean {
    if (FORBIDDEN_KEYS.has(key)) {
      this.refuse('key-forbidden', at, position, `${quote(key)} may not be a key.`, 'Choose another key.');
      return false;
    }
    const first = known.get(key);
    if (first === undefined) return true;
    this.refuse(
      'key-duplicate',
      at,
      position,
      `The key ${quote(key)} stands at line ${first.keyPosition.line} already.`,
      'Remove or rename one of them.',
    );
    return false;
  }

  private buildScalar(node: Scalar, context: Context, position: Position): TreeScalar {
    const { value } = node;
    if (typeof value === 'string') {
      const text = this.checkText(value, context, position);
      return { kind: 'scalar', value: text, position, ...this.locateText(node, text, position) };
    }
    if (typeof value === 'number')
      return { kind: 'scalar', value: this.checkNumber(value, node, context, position), position };
    return { kind: 'scalar', value: typeof value === 'boolean' ? value : null, position };
  }

  private checkNumber(value: number, node: Scalar, context: Context, position: Position): number {
    if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) {
      // JSON knows no negative zero.
      return value === 0 ? 0 : value;
    }
    this.refuse(
      'number-out-of-range',
      context,
      position,
      `${quote(node.source ?? String(value))} is not a number that can be kept exactly.`,
      'Put it in quotes, as text.',
    );
    return 0;
  }

  private checkText(text: string, context: Context, position: Position): string {
    if (!text.includes('\0') && text.isWellFormed()) return text;
    this.refuse(
      'text-unprintable',
      context,
      position,
      'The text holds a NUL character or half of a surrogate pair.',
      'Remove the escape sequence.',
    );
    return text.replaceAll('\0', '').toWellFormed();
  }

  /** Only where no escape, fold or indentation stands between the text and its place. */
  private locateText(node: Scalar, text: string, { column }: Position): { textColumn?: number } {
    if (node.range == null || text.includes('\n')) return {};
    const written = this.source.text.slice(node.range[0], node.range[1]);
    if (written === text) return { textColumn: column };
    return written.slice(1, -1) === text ? { textColumn: column + 1 } : {};
  }

  private follow(alias: Alias, context: Context, position: Position): Built {
    const target = this.anchors.get(alias.source);
    if (target === undefined || target === 'open') {
      const [code, message] =
        target === 'open'
          ? (['alias-recursive', `The alias stands inside its own anchor ${quote(alias.source)}.`] as const)
          : (['alias-unknown', `No anchor ${quote(alias.source)} stands above this alias.`] as const);
      this.refuse(code, context, position, message, 'Write the value out, or define the anchor above.');
      return this.leaveOut(position);
    }
    if (context.depth + target.height > MAX_TREE_DEPTH) return this.tooDeep(context, position);
    const before = this.aliased;
    this.aliased += target.size;
    if (this.aliased > MAX_ALIASED_VALUES) {
      if (before <= MAX_ALIASED_VALUES) this.refuseExpansion(context, position);
      return this.leaveOut(position);
    }
    this.count += target.size;
    return { node: placeAt(target.node, position), height: target.height };
  }

  private refuseExpansion(context: Context, position: Position): void {
    this.refuse(
      'alias-expansion',
      context,
      position,
      `From here on aliases repeat more than ${MAX_ALIASED_VALUES} values.`,
      'Use a forEach step, or fewer aliases.',
    );
  }

  private tooDeep(context: Context, position: Position): Built {
    const message = `Maps and lists nest more than ${MAX_TREE_DEPTH} deep.`;
    this.refuse('tree-too-deep', context, position, message, 'Flatten the value.');
    return this.leaveOut(position);
  }

  private leaveOut(position: Position): Built {
    this.whole = false;
    return this.leaf({ kind: 'scalar', value: null, position });
  }

  private leaf(node: TreeScalar): Built {
    this.count++;
    return { node, height: 0 };
  }

  private collection(node: TreeNode, parts: readonly Built[]): Built {
    this.count++;
    return { node, height: 1 + parts.reduce((height, part) => Math.max(height, part.height), 0) };
  }

  private positionOf(node: Node | null, fallback: Position): Position {
    return node?.range == null ? fallback : this.source.positionAt(node.range[0]);
  }

  private refuse(
    code: FindingCode,
    { path }: Context,
    position: Position,
    message: string,
    hint: string,
  ): void {
    this.source.report.add(code, { path, position }, message, hint);
  }
}

/** The value as it stands at an alias; what is inside it keeps its own place. */
function placeAt(node: TreeNode, position: Position): TreeNode {
  if (node.kind !== 'scalar') return { ...node, position };
  return { kind: 'scalar', value: node.value, position };
}
