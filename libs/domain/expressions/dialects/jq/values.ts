import type { Json, JsonObject } from '../../../json.js';
import { isJsonObject } from '../../../json.js';
import { JqError } from './error.js';
import type { Meter } from './meter.js';

export type TypeName = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

export function typeOf(value: Json): TypeName {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as TypeName;
}

export function isTrue(value: Json): boolean {
  return value !== null && value !== false;
}

/** `number (1)`, as jq's own messages name a value. */
export function describe(value: Json): string {
  const text = toText(value);
  const cut = text.length > 30 ? `${text.slice(0, 27)}...` : text;
  return `${typeOf(value)} (${cut})`;
}

/** JSON text; what is no number in JSON becomes null, or the largest there is. */
export function toText(value: Json): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'number' ? toJsonNumber(part) : part));
}

export function toJsonNumber(value: number): number | null {
  if (Number.isNaN(value)) return null;
  if (value === Infinity) return Number.MAX_VALUE;
  if (value === -Infinity) return -Number.MAX_VALUE;
  return value === 0 ? 0 : value;
}

const ORDER: Readonly<Record<TypeName, number>> = {
  null: 0,
  boolean: 1,
  number: 3,
  string: 4,
  array: 5,
  object: 6,
};

/** jq's order of all values: negative, 0 or positive. NaN is smaller than any number, itself included. */
export function compare(a: Json, b: Json, meter: Meter): number {
  meter.charge(1 / 16);
  const type = typeOf(a);
  const difference = ORDER[type] - ORDER[typeOf(b)];
  if (difference !== 0) return difference;
  switch (type) {
    case 'null':
      return 0;
    case 'boolean':
      return Number(a) - Number(b);
    case 'number':
      return compareNumbers(a as number, b as number);
    case 'string':
      meter.chargeText(Math.min((a as string).length, (b as string).length));
      return compareTexts(a as string, b as string);
    case 'array':
      return compareLists(a as readonly Json[], b as readonly Json[], meter);
    case 'object':
      return compareMaps(a as JsonObject, b as JsonObject, meter);
  }
}

function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a)) return -1;
  return a < b ? -1 : a === b ? 0 : 1;
}

/** By code points, as jq does, not by UTF-16 units. */
function compareTexts(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    const surrogates = Number(isSurrogate(left)) - Number(isSurrogate(right));
    return surrogates === 0 ? left - right : surrogates;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xe000;
}

function compareLists(a: readonly Json[], b: readonly Json[], meter: Meter): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at++) {
    const difference = compare(a[at]!, b[at]!, meter);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareMaps(a: JsonObject, b: JsonObject, meter: Meter): number {
  const keys = sortedKeys(a, meter);
  const difference = compareLists(keys, sortedKeys(b, meter), meter);
  if (difference !== 0) return difference;
  for (const key of keys) {
    const inner = compare(a[key]!, b[key]!, meter);
    if (inner !== 0) return inner;
  }
  return 0;
}

export function sortedKeys(map: JsonObject, meter: Meter): string[] {
  const keys = Object.keys(map);
  meter.chargeElements(keys.length);
  return keys.sort(compareTexts);
}

/** Sorted by what stands first in each; equal ones keep their order. */
export function sortBy<T>(items: readonly (readonly [Json, T])[], meter: Meter): (readonly [Json, T])[] {
  meter.chargeList(items.length);
  return items.toSorted(([a], [b]) => compare(a, b, meter));
}

/** Sets an own property whatever its name, `__proto__` too. */
export function put(target: Record<string, Json>, key: string, value: Json): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

export function copyMap(map: JsonObject, meter: Meter): Record<string, Json> {
  const keys = Object.keys(map);
  meter.chargeElements(keys.length);
  const copy: Record<string, Json> = {};
  for (const key of keys) put(copy, key, map[key]!);
  return copy;
}

export function requireList(value: Json, message: string): readonly Json[] {
  if (!Array.isArray(value)) throw new JqError(message);
  return value as readonly Json[];
}

export function requireText(value: Json, message: string): string {
  if (typeof value !== 'string') throw new JqError(message);
  return value;
}

export function requireNumber(value: Json, of: string): number {
  if (typeof value !== 'number') throw new JqError(`${describe(value)} number required for ${of}`);
  return value;
}

/** Values of a list or a map, in their order. */
export function valuesOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  if (isJsonObject(value)) return Object.values(value);
  throw new JqError(`Cannot iterate over ${describe(value)}`);
}
