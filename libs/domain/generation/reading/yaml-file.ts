import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** A value of a YAML file that others wrote, with its line. What is not as expected is empty, never an error. */
export class YamlValue {
  constructor(
    private readonly node: unknown,
    private readonly document: Document,
    private readonly lines: LineCounter,
  ) {}

  /** From 1. */
  get line(): number {
    const range = (this.node as Node | null)?.range;
    return range ? Math.max(1, this.lines.linePos(range[0]).line) : 1;
  }

  get text(): string | undefined {
    if (!isScalar(this.node)) return undefined;
    const { value } = this.node;
    return typeof value === 'string'
      ? value
      : typeof value === 'number'
        ? String(this.node.source ?? value)
        : undefined;
  }

  /** The line of the first line of its text: that of a block stands below its sign. */
  get textLine(): number {
    return this.isBlock ? this.line + 1 : this.line;
  }

  get isBlock(): boolean {
    return isScalar(this.node) && (this.node.type === 'BLOCK_LITERAL' || this.node.type === 'BLOCK_FOLDED');
  }

  get entries(): readonly (readonly [key: string, value: YamlValue])[] {
    if (!isMap(this.node)) return [];
    return this.node.items.map(
      ({ key, value }) => [String(isScalar(key) ? key.value : key), this.of(value)] as const,
    );
  }

  get items(): readonly YamlValue[] {
    return isSeq(this.node) ? this.node.items.map((each) => this.of(each)) : [];
  }

  get(key: string): YamlValue {
    return this.of(isMap(this.node) ? this.node.get(key, true) : null);
  }

  private of(node: unknown): YamlValue {
    return new YamlValue(isAlias(node) ? node.resolve(this.document) : node, this.document, this.lines);
  }
}

/** Undefined where it is no YAML; what nests deeper than the parser goes is an error of the document, too. */
export function readYaml(text: string): YamlValue | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    logLevel: 'silent',
    merge: false,
  });
  return document.errors.length > 0
    ? undefined
    : new YamlValue(document.contents, document as Document, lines);
}
