import type { Json } from '#domain/json.js';

/** What a mask shows of a text that is a secret as a whole. */
const HIDDEN = '***';

/** The value with `mask` applied to every text in it, member names included; a number that is a secret becomes text. */
export function maskJson(value: Json, mask: (text: string) => string): Json {
  if (typeof value === 'string') return mask(value);
  if (typeof value === 'number') return mask(String(value)) === HIDDEN ? HIDDEN : value;
  if (Array.isArray(value)) return value.map((item) => maskJson(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [mask(key), maskJson(member, mask)]),
  );
}
