export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly elements: readonly XmlElement[];
  /** Character data directly in it. */
  readonly text: string;
}

/** Elements within elements. */
export const MAX_DEPTH = 64;

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
