import type { Json } from './json.js';

/** One UTF-16 code unit is at most this long in JSON text: an escape of six. */
const LONGEST_ESCAPE = 6;
/** `-1.2345678901234567e-100`, rounded up. */
const LONGEST_NUMBER = 25;

/**
 * Whether the value's JSON text is longer than `limit` UTF-16 code units. No text is made but of values that are near
 * the limit, and what is far beyond it is not looked through.
 */
export function exceedsJsonLength(value: Json, limit: number): boolean {
  const bounds = { least: 0, most: 0 };
  measure(value, bounds, limit);
  if (bounds.least > limit) return true;
  return bounds.most > limit && JSON.stringify(value).length > limit;
}

/** What the value's JSON text has at least: escapes and most of each number are not counted. */
export function estimateJsonLength(value: Json): number {
  const bounds = { least: 0, most: 0 };
  measure(value, bounds, Number.POSITIVE_INFINITY);
  return bounds.least;
}

function measure(value: Json, bounds: { least: number; most: number }, limit: number): void {
  if (bounds.least > limit) return;
  if (typeof value === 'string') return addText(value, bounds);
  if (typeof value !== 'object' || value === null) {
    bounds.least += 1;
    bounds.most += LONGEST_NUMBER;
    return;
  }
  // Brackets; a comma or colon beside each part.
  bounds.least += 2;
  bounds.most += 2;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) {
      bounds.most += 1;
      measure(item, bounds, limit);
      if (bounds.least > limit) return;
    }
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    // JSON leaves it out.
    if (member === undefined) continue;
    addText(key, bounds);
    bounds.most += 2;
    measure(member, bounds, limit);
    if (bounds.least > limit) return;
  }
}

function addText(text: string, bounds: { least: number; most: number }): void {
  bounds.least += text.length + 2;
  bounds.most += text.length * LONGEST_ESCAPE + 2;
}
