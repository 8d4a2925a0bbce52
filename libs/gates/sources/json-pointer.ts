import type { Json } from '#domain/json.js';

/** Whether the text is a JSON pointer (RFC 6901, 3). */
export function isPointer(text: string): boolean {
  return /^(\/([^~]|~[01])*)?$/.test(text);
}

/** The value that a pointer names; undefined where there is none. */
export function findByPointer(value: Json, pointer: string): Json | undefined {
  let found: Json | undefined = value;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof found !== 'object' || found === null) return undefined;
    if (Array.isArray(found)) found = /^(0|[1-9]\d{0,8})$/.test(name) ? found[Number(name)] : undefined;
    else found = Object.hasOwn(found, name) ? (found as Record<string, Json>)[name] : undefined;
  }
  return found;
}
