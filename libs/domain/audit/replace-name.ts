import type { Json } from '../json.js';

/** Another character of a name beside it would make it another name; a full stop may end a sentence. */
const BEFORE = '(?<![\\p{L}\\p{N}_@+-]|[\\p{L}\\p{N}_]\\.)';
const AFTER = '(?![\\p{L}\\p{N}_@+-]|\\.[\\p{L}\\p{N}_])';

/** Finds a name where it stands as a whole. */
export function createNamePattern(name: string): RegExp {
  return new RegExp(`${BEFORE}${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}${AFTER}`, 'gu');
}

/** The value with `pseudonym` wherever the name stands, in texts and in names of members; the value itself where it does not. */
export function replaceName<T extends Json>(value: T, name: RegExp, pseudonym: string): T {
  if (typeof value === 'string') return value.replace(name, () => pseudonym) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => replaceName(item as Json, name, pseudonym));
    return (items.some((item, at) => item !== value[at]) ? items : value) as T;
  }
  let changed = false;
  const members = Object.entries(value as Readonly<Record<string, Json>>).map(([key, member]) => {
    const renamed = key.replace(name, () => pseudonym);
    const replaced = replaceName(member, name, pseudonym);
    changed ||= renamed !== key || replaced !== member;
    return [renamed, replaced] as const;
  });
  return (changed ? Object.fromEntries(members) : value) as T;
}
