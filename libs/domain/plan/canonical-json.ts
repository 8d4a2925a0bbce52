import type { Json } from '../json.js';

/**
 * The one text of a JSON value by RFC 8785 (JSON Canonicalization Scheme): members sorted by UTF-16 code
 * units, no whitespace, ECMAScript's own number and string forms. Members that are undefined are left out.
 */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const map = value as Readonly<Record<string, Json | undefined>>;
  let text = '';
  // The default order of `sort` is that of UTF-16 code units.
  for (const key of Object.keys(map).sort()) {
    const member = map[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}
