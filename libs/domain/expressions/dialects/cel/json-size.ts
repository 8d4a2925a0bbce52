import type { Json } from '../../../json.js';
import { MAX_VALUE_DEPTH } from './meter.js';

/** Bytes of a text in UTF-8. */
export function countBytes(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // Each half of a surrogate pair counts two.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return bytes;
}

/** Bytes of a text as JSON: quotes and escapes count. */
function measureText(text: string): number {
  let escapes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22 || unit === 0x5c) escapes += 1;
    else if (unit < 0x20) escapes += '\b\t\n\f\r'.includes(text[at]!) ? 1 : 5;
  }
  return countBytes(text) + escapes + 2;
}

const measured = new WeakMap<object, number>();

/** Bytes of a value as JSON; infinite where it nests deeper than a value may. */
export function measureJson(value: Json, depth = 0): number {
  if (typeof value === 'string') return measureText(value);
  if (typeof value !== 'object' || value === null) return String(value).length;
  const known = measured.get(value);
  if (known !== undefined) return known;
  if (depth > MAX_VALUE_DEPTH) return Number.POSITIVE_INFINITY;
  // Brackets, a comma after each part but the last, a colon after each key.
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) bytes += measureJson(item, depth + 1) + 1;
  } else {
    for (const [key, member] of Object.entries(value))
      bytes += measureText(key) + measureJson(member, depth + 1) + 2;
  }
  if (bytes > 2) bytes--;
  if (Number.isFinite(bytes)) measured.set(value, bytes);
  return bytes;
}
