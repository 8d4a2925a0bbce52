import { decodeEntities, MAX_DEPTH, skipProlog, type XmlElement } from './xml.js';
import { XmlTag } from './xml-tag.js';

interface OpenElement extends XmlElement {
  readonly elements: XmlElement[];
  text: string;
}

export interface Scan {
  /** Elements that are looked at, where those around them are. Of all others only that they are well-formed. */
  readonly kept: ReadonlySet<string>;
  /** Those among them that are handed over whole when they end, and kept no longer. */
  readonly wanted: ReadonlySet<string>;
  /** @param above the elements that it stands in, the root first; the same objects at each call */
  readonly visit: (element: XmlElement, above: readonly XmlElement[]) => void;
}

/** One that only names where it lies, which is never fetched. */
const EXTERNAL_TYPE =
  /^<!DOCTYPE\s+[\w:.-]+(\s+(SYSTEM|PUBLIC\s+("[^"<]*"|'[^'<]*'))\s+("[^"<]*"|'[^'<]*'))?\s*>/;
const MAX_TYPE = 2048;
const NOTHING: ReadonlyMap<string, string> = new Map();
const [BANG, SLASH, QUESTION] = [0x21, 0x2f, 0x3f];

/**
 * Goes through a large document (XML 1.0) and answers with its root, without what was wanted: that is visited. A document type
 * may name where it lies but declares nothing; hence no entities but the five predefined and references to characters. Prefixes
 * of namespaces are left out of names. Throws Error with what is wrong.
 */
export function scanXml(text: string, scan: Scan): XmlElement {
  const document = withoutExternalType(text.startsWith('\ufeff') ? text.slice(1) : text);
  return new Scanner(document, scan).run();
}

function withoutExternalType(document: string): string {
  const at = skipProlog(document);
  const type = EXTERNAL_TYPE.exec(document.slice(at, at + MAX_TYPE));
  return type === null ? document : document.slice(0, at) + document.slice(at + type[0].length);
}

class Scanner {
  private readonly tag: XmlTag;
  /** As they are written, with their prefixes. */
  private readonly tags: string[] = [];
  /** The first of `tags` that are kept; within one that is not, none is. */
  private readonly open: OpenElement[] = [];
  private root: XmlElement | undefined;
  private at = 0;

  constructor(
    private readonly document: string,
    private readonly scan: Scan,
  ) {
    this.tag = new XmlTag(document);
  }

  run(): XmlElement {
    const { document } = this;
    for (;;) {
      const next = document.indexOf('<', this.at);
      this.addText(this.at, next < 0 ? document.length : next);
      if (next < 0) break;
      this.at = next;
      const kind = document.charCodeAt(next + 1);
      if (kind === SLASH) this.close();
      else if (kind === BANG) this.addData();
      else if (kind === QUESTION) this.skipTo('?>', 2);
      else this.start();
    }
    const unclosed = this.tags.at(-1);
    if (unclosed !== undefined) throw new Error(`<${unclosed.slice(0, 100)}> does not end`);
    if (!this.root) throw new Error('it has no element');
    return this.root;
  }

  private get isKept(): boolean {
    return this.open.length === this.tags.length;
  }

  private addText(from: number, to: number): void {
    if (this.tags.length > 0 && !this.isKept) return;
    const text = this.document.slice(from, to);
    if (text.trim() !== '') this.addRaw(decodeEntities(text));
  }

  private addRaw(text: string): void {
    if (this.tags.length === 0) throw new Error(`there is text outside of the root${this.where()}`);
    if (this.isKept) this.open.at(-1)!.text += text;
  }

  private addData(): void {
    if (this.document.startsWith('<!--', this.at)) this.skipTo('-->', 4);
    else if (this.document.startsWith('<![CDATA[', this.at)) this.addRaw(this.skipTo(']]>', 9));
    else throw new Error('it declares a document type');
  }

  private skipTo(end: string, from: number): string {
    const close = this.document.indexOf(end, this.at + from);
    if (close < 0) throw new Error(`what begins does not end${this.where()}`);
    const inner = this.document.slice(this.at + from, close);
    this.at = close + end.length;
    return inner;
  }

  private start(): void {
    if (this.root) throw new Error(`there is a second root${this.where()}`);
    if (this.tags.length >= MAX_DEPTH) throw new Error(`elements nest deeper than ${MAX_DEPTH}`);
    const { tag } = this;
    this.at = tag.read(this.at + 1);
    const name = withoutPrefix(tag.name);
    // What the root is called, and how it is marked, tells what a document is that nobody wanted.
    const keeps = this.tags.length === 0 || (this.isKept && this.scan.kept.has(name));
    if (keeps) this.open.push({ name, attributes: this.readAttributes(), elements: [], text: '' });
    this.tags.push(tag.name);
    if (tag.isEmpty) this.finish();
  }

  private readAttributes(): ReadonlyMap<string, string> {
    const { names, values } = this.tag;
    if (names.length === 0) return NOTHING;
    const attributes = new Map<string, string>();
    for (let index = 0; index < names.length; index += 1) {
      const name = withoutPrefix(names[index]!);
      const isOther = name.length < names[index]!.length;
      if (!isOther || !attributes.has(name)) attributes.set(name, decodeEntities(values[index]!));
    }
    return attributes;
  }

  private close(): void {
    const end = this.tag.readEnd(this.at + 2, this.tags.at(-1));
    if (end < 0) throw new Error(`an end tag fits no element${this.where()}`);
    this.at = end;
    this.finish();
  }

  private finish(): void {
    const element = this.isKept ? this.open.pop() : undefined;
    this.tags.pop();
    if (element === undefined) return;
    const above = this.open.at(-1);
    if (this.scan.wanted.has(element.name)) this.scan.visit(element, this.open);
    else above?.elements.push(element);
    if (!above) this.root = element;
  }

  private where(): string {
    return ` (line ${this.document.slice(0, this.at).split('\n').length})`;
  }
}

function withoutPrefix(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
