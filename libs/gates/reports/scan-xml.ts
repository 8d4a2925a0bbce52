import { decodeEntities, MAX_DEPTH, skipProlog, type XmlElement } from './xml.js';

interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly elements: XmlElement[];
  text: string;
  /** As it is written, with its prefix. */
  readonly tag: string;
}

export interface Scan {
  /** Elements that are handed over whole when they end, and kept no longer. */
  readonly wanted: string;
  /** @param above the elements that it stands in, the root first */
  readonly visit: (element: XmlElement, above: readonly XmlElement[]) => void;
}

const NAME = /[^\s/>="'<&]+/y;
const ATTRIBUTE = /\s+([^\s/>="'<&]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const END = /\s*(\/?)>/y;
/** One that only names where it lies, which is never fetched. */
const EXTERNAL_TYPE =
  /^<!DOCTYPE\s+[\w:.-]+(\s+(SYSTEM|PUBLIC\s+("[^"<]*"|'[^'<]*'))\s+("[^"<]*"|'[^'<]*'))?\s*>/;
const MAX_TYPE = 2048;

/**
 * Goes through a large document (XML 1.0) and answers with its root, without what was wanted: that is visited. A document type
 * may name where it lies but declares nothing; hence no entities but the five predefined and references to characters. Prefixes
 * of namespaces are left out of names. Throws Error with what is wrong.
 */
export function scanXml(text: string, scan: Scan): XmlElement {
  const document = withoutExternalType(text.replace(/^\ufeff/, ''));
  const scanner = new Scanner(document, scan);
  return scanner.run();
}

function withoutExternalType(document: string): string {
  const at = skipProlog(document);
  const type = EXTERNAL_TYPE.exec(document.slice(at, at + MAX_TYPE));
  return type === null ? document : document.slice(0, at) + document.slice(at + type[0].length);
}

class Scanner {
  private readonly open: OpenElement[] = [];
  private root: XmlElement | undefined;
  private at = 0;

  constructor(
    private readonly document: string,
    private readonly scan: Scan,
  ) {}

  run(): XmlElement {
    const { document } = this;
    for (;;) {
      const next = document.indexOf('<', this.at);
      this.addText(document.slice(this.at, next < 0 ? undefined : next));
      if (next < 0) break;
      this.at = next;
      if (document.startsWith('</', next)) this.close();
      else if (document.startsWith('<!--', next)) this.skipTo('-->', 4);
      else if (document.startsWith('<?', next)) this.skipTo('?>', 2);
      else if (document.startsWith('<![CDATA[', next)) this.addRaw(this.skipTo(']]>', 9));
      else if (document.startsWith('<!', next)) throw new Error('it declares a document type');
      else this.start();
    }
    const unclosed = this.open.at(-1);
    if (unclosed) throw new Error(`<${unclosed.tag.slice(0, 100)}> does not end`);
    if (!this.root) throw new Error('it has no element');
    return this.root;
  }

  private addText(text: string): void {
    if (text.trim() === '') return;
    this.addRaw(decodeEntities(text));
  }

  private addRaw(text: string): void {
    const element = this.open.at(-1);
    if (!element) throw new Error(`there is text outside of the root${this.where()}`);
    element.text += text;
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
    if (this.open.length >= MAX_DEPTH) throw new Error(`elements nest deeper than ${MAX_DEPTH}`);
    this.at += 1;
    const tag = this.match(NAME)?.[0];
    if (tag === undefined) throw new Error(`an element has no name${this.where()}`);
    const attributes = new Map<string, string>();
    for (let found = this.match(ATTRIBUTE); found; found = this.match(ATTRIBUTE)) {
      const name = withoutPrefix(found[1] ?? '');
      if (attributes.has(name))
        throw new Error(`<${tag.slice(0, 100)}> has an attribute twice${this.where()}`);
      attributes.set(name, decodeEntities(found[2] ?? found[3] ?? ''));
    }
    const end = this.match(END);
    if (!end) throw new Error(`<${tag.slice(0, 100)}> is not well-formed${this.where()}`);
    const element = { name: withoutPrefix(tag), attributes, elements: [], text: '', tag };
    if (end[1] === '/') this.finish(element);
    else this.open.push(element);
  }

  private close(): void {
    this.at += 2;
    const tag = this.match(NAME)?.[0];
    const element = this.open.pop();
    if (!element || element.tag !== tag || this.match(END)?.[1] !== '')
      throw new Error(`an end tag fits no element${this.where()}`);
    this.finish(element);
  }

  private finish({ tag: _, ...element }: OpenElement): void {
    const above = this.open.at(-1);
    if (element.name === this.scan.wanted) this.scan.visit(element, this.open);
    else if (above) above.elements.push(element);
    if (!above) this.root = element;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.document);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  private where(): string {
    return ` (line ${this.document.slice(0, this.at).split('\n').length})`;
  }
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
