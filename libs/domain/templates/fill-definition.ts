import {
  type Alias,
  Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Pair,
  parseDocument,
  Scalar,
  visit,
  YAMLMap,
  YAMLSeq,
} from 'yaml';
import { type Path, quote } from '../definition/path.js';
import { quoteLines } from '../definition/quote-lines.js';
import { isJsonObject, type Json, type JsonObject } from '../json.js';
import type { FindingCode } from '../validation/codes.js';
import type { Position } from '../validation/finding.js';
import type { FindingReport } from '../validation/report.js';
import { escapeValue, joinPieces } from './join-pieces.js';
import { type ReadKey, readKey, readText, soleVariable } from './placeholder.js';
import { descendTo, isCondition, ROOT_STANDING, type Standing } from './places.js';
import type { Template } from './template.js';

/** Values that one definition may consist of: more than any valid one does. */
const MAX_VALUES = 300_000;
/** Characters of all texts: a valid definition has 1 MiB. */
const MAX_CHARACTERS = 2 << 20;

/** Of keys that hold a variable: whatever its value, the key is a plain word. */
const DYNAMIC_KEY = /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/;
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

type Scope = ReadonlyMap<string, Json>;

/**
 * The text of the definition that a valid template makes of values that fit its variables, comments kept; undefined
 * where that cannot be, which is then reported.
 */
export function fillDefinition(
  template: Template,
  values: JsonObject,
  report: FindingReport,
): string | undefined {
  const lines = new LineCounter();
  const source = parseDocument(template.source, {
    version: '1.2',
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false,
    logLevel: 'silent',
    lineCounter: lines,
  });
  const filler = new Filler(source, lines, report);
  const contents = filler.fill(new Map(Object.entries(values)));
  if (contents === undefined) return undefined;
  const document = new Document(contents);
  document.commentBefore = ` Made from the template ${template.name}.`;
  quoteLines(document);
  return document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER });
}

/** Stops at the first thing that makes the result boundless. */
class TooLarge extends Error {}

interface Context {
  readonly standing: Standing;
  readonly scope: Scope;
  readonly path: Path | undefined;
}

class Filler {
  private values = 0;
  private characters = 0;
  private readonly targets: ReadonlyMap<Alias, Node>;

  constructor(
    private readonly source: Document.Parsed,
    private readonly lines: LineCounter,
    private readonly report: FindingReport,
  ) {
    this.targets = resolveAliases(source);
  }

  fill(scope: Scope): Node | undefined {
    const path = { parent: undefined, key: 'definition' };
    const body = isMap(this.source.contents) ? this.source.contents.get('definition', true) : undefined;
    try {
      return this.build(body as Node, { standing: ROOT_STANDING, scope, path });
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      const message = 'With these values the definition becomes larger than any may be.';
      const hint = 'Use shorter lists and texts, or a `forEach` step, which repeats when it runs.';
      this.add('template-result-too-large', body as Node, path, message, hint);
      return undefined;
    }
  }

  private build(node: Node | null, context: Context): Node {
    this.count(0);
    if (node === null) return new Scalar(null);
    if (isAlias(node)) return this.build(this.follow(node), context);
    const built = isMap(node)
      ? this.buildMap(node, context)
      : isSeq(node)
        ? this.buildList(node, context)
        : this.buildScalar(node as Scalar, context);
    return keepComments(node, built);
  }

  /** The template was read before: an alias has its anchor above it. */
  private follow(alias: Alias): Node {
    return this.targets.get(alias)!;
  }

  private buildMap(map: YAMLMap, context: Context): YAMLMap {
    const built = new YAMLMap();
    if (map.flow !== undefined) built.flow = map.flow;
    const known = new Set<string>();
    this.addEntries(map, context, (name, pair, from) => {
      if (known.has(name)) {
        const message = `With these values the key ${quote(name)} stands twice here.`;
        const hint = 'Give values that differ, for example items that are no repetitions.';
        this.add('template-key-duplicate', from, { parent: context.path, key: name }, message, hint);
        return;
      }
      known.add(name);
      built.items.push(pair);
    });
    return built;
  }

  private addEntries(
    map: YAMLMap,
    context: Context,
    add: (name: string, pair: Pair<Node, Node>, from: Node) => void,
  ): void {
    for (const { key: keyNode, value } of map.items as Pair<Scalar<string>, Node | null>[]) {
      const path = { parent: context.path, key: keyNode.value };
      const key = readKey(keyNode.value);
      if (key.kind !== 'text') {
        const below = value !== null && isAlias(value) ? this.follow(value) : value;
        for (const scope of scopesOf(key, context.scope)) {
          if (isMap(below)) this.addEntries(below, { ...context, scope, path }, add);
        }
        continue;
      }
      const name = this.buildKey(keyNode, context, path);
      if (name === undefined) continue;
      const standing = descendTo(context.standing, name);
      const written = new Scalar(name);
      if (keyNode.type !== undefined) written.type = keyNode.type;
      const pair = new Pair<Node, Node>(
        keepComments(keyNode, written),
        this.build(value, { ...context, standing, path: { parent: context.path, key: name } }),
      );
      add(name, pair, keyNode);
    }
  }

  private buildKey(key: Scalar<string>, { scope }: Context, path: Path): string | undefined {
    const { pieces } = readText(key.value);
    const name = pieces
      .map((piece) => (piece.kind === 'text' ? piece.text : String(scope.get(piece.name))))
      .join('');
    this.count(name.length);
    if (pieces.every(({ kind }) => kind === 'text')) return name;
    if (DYNAMIC_KEY.test(name) && !FORBIDDEN_KEYS.has(name)) return name;
    const message = `With these values a key becomes ${quote(name)}.`;
    const hint = 'Give values of letters, digits, dashes and underscores, a letter first.';
    this.add('template-key-invalid', key, path, message, hint);
    return undefined;
  }

  private buildList(list: YAMLSeq, context: Context): YAMLSeq {
    const built = new YAMLSeq<Node>();
    if (list.flow !== undefined) built.flow = list.flow;
    this.addItems(list, context, (item) => built.items.push(item));
    return built;
  }

  private addItems(list: YAMLSeq, context: Context, add: (item: Node) => void): void {
    for (const [index, item] of (list.items as Node[]).entries()) {
      const path = { parent: context.path, key: index };
      const directive = findDirective(item);
      if (directive === undefined) {
        add(this.build(item, { ...context, path }));
        continue;
      }
      const below = isAlias(directive.value) ? this.follow(directive.value) : directive.value;
      for (const scope of scopesOf(directive.key, context.scope)) {
        if (isSeq(below)) this.addItems(below, { ...context, scope, path }, add);
      }
    }
  }

  private buildScalar(scalar: Scalar, context: Context): Node {
    if (typeof scalar.value !== 'string') return this.createScalar(scalar.value as Json, scalar);
    const { pieces } = readText(scalar.value);
    if (pieces.every(({ kind }) => kind === 'text')) {
      return this.createScalar(pieces.map((piece) => (piece as { text: string }).text).join(''), scalar);
    }
    if (isCondition(context.standing)) {
      const message = 'With these values a condition holds a variable.';
      this.add('template-variable-in-expression', scalar, context.path, message, 'Name the key otherwise.');
      return new Scalar(null);
    }
    const { raw, data } = context.standing;
    const sole = soleVariable(pieces);
    if (sole !== undefined)
      return this.createValue(context.scope.get(sole) ?? null, scalar, { ...context, raw, data });
    const texts = pieces.map((piece) => {
      const value = piece.kind === 'text' ? piece.text : context.scope.get(piece.name);
      if (typeof value === 'object' && value !== null) {
        const message = `${quote((piece as { name: string }).name)} is a list or a map, and stands within a text.`;
        this.add('template-variable-type', scalar, context.path, message, 'Let it stand alone.');
      }
      return { value: piece.kind === 'text' ? piece.text : String(value), given: piece.kind === 'variable' };
    });
    return this.createScalar(joinPieces(texts, raw), undefined);
  }

  private createValue(
    value: Json,
    from: Scalar,
    context: Context & { readonly raw: boolean; readonly data: boolean },
  ): Node {
    if (!context.data && holdsMap(value)) {
      const message = 'With these values a map stands where it would be read as a part of the definition.';
      const hint = 'Use maps within data only, such as `with` or `set`.';
      this.add('template-variable-type', from, context.path, message, hint);
      return new Scalar(null);
    }
    return this.createNode(value, context.raw);
  }

  private createNode(value: Json, raw: boolean): Node {
    if (Array.isArray(value)) {
      this.count(0);
      const list = new YAMLSeq<Node>();
      for (const item of value as readonly Json[]) list.items.push(this.createNode(item, raw));
      list.flow = list.items.every((item) => isScalar(item));
      return list;
    }
    if (isJsonObject(value)) {
      this.count(0);
      const map = new YAMLMap<Node, Node>();
      for (const [key, member] of Object.entries(value)) {
        this.count(key.length);
        map.items.push(new Pair<Node, Node>(new Scalar(key), this.createNode(member, raw)));
      }
      return map;
    }
    return this.createScalar(typeof value === 'string' && !raw ? escapeValue(value) : value, undefined);
  }

  /** In the style in which the template writes it, where it does. */
  private createScalar(value: Json, written: Scalar | undefined): Scalar {
    this.count(typeof value === 'string' ? value.length : 0);
    const scalar = new Scalar(value);
    if (written?.type !== undefined && typeof value === 'string') scalar.type = written.type;
    else if (typeof value === 'string' && value.includes('${{')) scalar.type = Scalar.QUOTE_DOUBLE;
    return scalar;
  }

  private count(characters: number): void {
    this.values += 1;
    this.characters += characters;
    if (this.values > MAX_VALUES || this.characters > MAX_CHARACTERS) throw new TooLarge();
  }

  private add(code: FindingCode, node: Node, path: Path | undefined, message: string, hint: string): void {
    this.report.add(code, { path, position: this.positionOf(node) }, message, hint);
  }

  private positionOf(node: Node): Position {
    const { line, col } = this.lines.linePos(node.range?.[0] ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

/** What each alias stands for: the last anchor of its name above it. The library looks for it anew each time. */
function resolveAliases(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Alias: (_, alias) => {
      const target = anchors.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

/** One scope per time that what is below an `if` or an `each` stands in the result. */
function scopesOf(key: Exclude<ReadKey, { kind: 'text' }>, scope: Scope): readonly Scope[] {
  if (key.kind === 'if') return (scope.get(key.variable) === true) !== key.negated ? [scope] : [];
  const list = scope.get(key.list);
  return Array.isArray(list)
    ? (list as readonly Json[]).map((item) => new Map([...scope, [key.item, item]]))
    : [];
}

function findDirective(
  item: Node,
): { readonly key: Exclude<ReadKey, { kind: 'text' }>; readonly value: Node } | undefined {
  if (!isMap(item) || item.items.length !== 1) return undefined;
  const [{ key, value }] = item.items as [Pair<Scalar<string>, Node>];
  const read = readKey(key.value);
  return read.kind === 'text' ? undefined : { key: read, value: value as Node };
}

function holdsMap(value: Json): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some(holdsMap);
  return isJsonObject(value);
}

function keepComments<N extends Node>(from: Node, to: N): N {
  if (from.commentBefore) to.commentBefore = from.commentBefore;
  if (from.comment) to.comment = from.comment;
  if (from.spaceBefore) to.spaceBefore = true;
  return to;
}
