import { XMLParser, XMLValidator } from 'fast-xml-parser';

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly elements: readonly XmlElement[];
  /** Character data directly in it. */
  readonly text: string;
}

const ATTRIBUTES = ':@';
const TEXT = '#text';
const CDATA = '#cdata';
/** Elements within elements. */
export const MAX_DEPTH = 64;

/**
 * Parses a document (XML 1.0) into its root. No document type, hence no entities but the five predefined and
 * character references; namespaces are left out of names. Throws Error with what is wrong.
 */
export function parseXml(text: string): XmlElement {
  const document = text.replace(/^\ufeff/, '');
  if (hasDocumentType(document)) throw new Error('it declares a document type');
  const validity = XMLValidator.validate(document, { allowBooleanAttributes: true });
  if (validity !== true) throw new Error(`${validity.err.msg} (line ${validity.err.line})`);
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    allowBooleanAttributes: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    removeNSPrefix: true,
    processEntities: false,
    ignoreDeclaration: true,
    ignorePiTags: true,
    cdataPropName: CDATA,
    maxNestedTags: MAX_DEPTH,
  });
  const [root] = toElements(parser.parse(document));
  if (!root) throw new Error('it has no element');
  return root;
}

function hasDocumentType(document: string): boolean {
  return document.startsWith('<!', skipProlog(document));
}

/** Where the root or a document type begins: it can only stand here; the same letters further on, or in comments, are data. */
export function skipProlog(document: string): number {
  let at = 0;
  for (;;) {
    while (/\s/.test(document[at] ?? '')) at += 1;
    const end = document.startsWith('<?', at) ? '?>' : document.startsWith('<!--', at) ? '-->' : undefined;
    const close = end === undefined ? -1 : document.indexOf(end, at + 2);
    if (end === undefined || close < 0) return at;
    at = close + end.length;
  }
}

/** The parser's tree with order kept: `{ name: children, ':@': attributes }`, text as `{ '#text': … }`. */
function toElements(nodes: unknown): XmlElement[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: Readonly<Record<string, unknown>>) => {
    const name = Object.keys(node).find((key) => key !== ATTRIBUTES);
    if (name === undefined || name === TEXT || name === CDATA) return [];
    const children = node[name];
    const attributes = Object.entries((node[ATTRIBUTES] ?? {}) as Record<string, unknown>);
    return [
      {
        name,
        attributes: new Map(attributes.map(([key, value]) => [key, decodeEntities(String(value))])),
        elements: toElements(children),
        text: readText(children),
      },
    ];
  });
}

function readText(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  return nodes
    .map((node: Readonly<Record<string, unknown>>) => {
      if (TEXT in node) return decodeEntities(String(node[TEXT]));
      return CDATA in node ? readRaw(node[CDATA]) : '';
    })
    .join('');
}

function readRaw(nodes: unknown): string {
  if (!Array.isArray(nodes)) return '';
  return nodes.map((node: Readonly<Record<string, unknown>>) => String(node[TEXT] ?? '')).join('');
}

const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Of the predefined entities and of references to characters; unknown entities stay as they are written. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|amp|lt|gt|quot|apos);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return PREDEFINED[name] ?? whole;
    const point = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    const valid = point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    return valid ? String.fromCodePoint(point) : '\ufffd';
  });
}
