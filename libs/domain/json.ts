/** A value as JSON has it (RFC 8259). Everything that enters or leaves a Plan, a State or a step is one. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const ESCAPED_BACKSLASH = /\\\\/g;
const UNPRINTABLE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/;

/** Whether all its texts, keys too, can be kept and read by a database: none holds NUL or half of a surrogate pair. */
export function isPrintable(value: Json): boolean {
  // JSON.stringify writes the two as escapes, and nothing else that begins so.
  return !UNPRINTABLE.test(JSON.stringify(value).replace(ESCAPED_BACKSLASH, ''));
}
