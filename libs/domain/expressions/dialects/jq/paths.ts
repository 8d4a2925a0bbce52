import { isJsonObject, type Json, type JsonObject } from '../../../json.js';
import { JqError } from './error.js';
import type { Meter } from './meter.js';
import { compare, copyMap, describe, put, typeOf } from './values.js';

/** Longest list that setting an element may make. */
const MAX_INDEX = 100_000;

/** The value at one key, index or slice; null where there is none. */
export function getAt(value: Json, key: Json, meter: Meter): Json {
  if (typeof key === 'string') {
    if (isJsonObject(value)) return Object.hasOwn(value, key) ? value[key]! : null;
    if (value === null) return null;
  }
  if (typeof key === 'number') {
    if (Array.isArray(value)) return getElement(value as readonly Json[], key);
    if (value === null) return null;
  }
  if (isJsonObject(key)) {
    if (value === null) return null;
    if (typeof value === 'string' || Array.isArray(value))
      return slice(value as string | readonly Json[], key, meter);
  }
  if (Array.isArray(key) && Array.isArray(value)) return indicesOf(value, key, meter);
  throw cannotIndex(value, key);
}

function cannotIndex(value: Json, key: Json): JqError {
  const shown = typeof key === 'string' ? `"${key}"` : undefined;
  if (shown !== undefined) return new JqError(`Cannot index ${typeOf(value)} with ${shown}`);
  return new JqError(`Cannot index ${typeOf(value)} with ${typeOf(key)}`);
}

function getElement(list: readonly Json[], index: number): Json {
  if (Number.isNaN(index)) return null;
  const whole = Math.floor(index);
  return list[whole < 0 ? whole + list.length : whole] ?? null;
}

/** Where `part` stands in the list. */
export function indicesOf(list: readonly Json[], part: readonly Json[], meter: Meter): Json {
  const found: number[] = [];
  if (part.length === 0) return null;
  for (let at = 0; at + part.length <= list.length; at++) {
    if (part.every((item, offset) => compare(list[at + offset]!, item, meter) === 0)) found.push(at);
  }
  return found;
}

function boundsOf(length: number, { start, end }: JsonObject): readonly [number, number] {
  if ((start !== null && typeof start !== 'number') || (end !== null && typeof end !== 'number'))
    throw new JqError('Start and end indices of an array slice must be numbers');
  const clamp = (value: number) => Math.min(Math.max(value < 0 ? value + length : value, 0), length);
  const from = clamp(Math.floor(start ?? 0));
  return [from, Math.max(from, clamp(Math.ceil(end ?? length)))];
}

function slice(value: string | readonly Json[], bounds: JsonObject, meter: Meter): Json {
  if (typeof value !== 'string') {
    const [from, to] = boundsOf(value.length, normalize(bounds));
    meter.chargeElements(to - from);
    return value.slice(from, to);
  }
  meter.chargeText(value.length);
  const points = [...value];
  const [from, to] = boundsOf(points.length, normalize(bounds));
  return points.slice(from, to).join('');
}

function normalize(bounds: JsonObject): JsonObject {
  return { start: bounds['start'] ?? null, end: bounds['end'] ?? null };
}

/** The value with another one at that place; what is missing on the way is made. */
function setAt(value: Json, key: Json, item: Json, meter: Meter): Json {
  if (typeof key === 'string' && (value === null || isJsonObject(value))) {
    const copy = value === null ? {} : copyMap(value, meter);
    put(copy, key, item);
    return copy;
  }
  if (typeof key === 'number' && (value === null || Array.isArray(value)))
    return setElement((value ?? []) as readonly Json[], key, item, meter);
  if (isJsonObject(key) && (value === null || Array.isArray(value))) {
    if (!Array.isArray(item)) throw new JqError('A slice of an array can only be assigned another array');
    const list = (value ?? []) as readonly Json[];
    const [from, to] = boundsOf(list.length, normalize(key));
    meter.chargeList(list.length + item.length);
    return [...list.slice(0, from), ...(item as readonly Json[]), ...list.slice(to)];
  }
  throw cannotIndex(value, key);
}

function setElement(list: readonly Json[], index: number, item: Json, meter: Meter): Json {
  const whole = Math.floor(index);
  const at = whole < 0 ? whole + list.length : whole;
  if (at < 0) throw new JqError('Out of bounds negative array index');
  if (!(at < MAX_INDEX) && at >= list.length) throw new JqError('Array index too large');
  meter.chargeList(Math.max(list.length, at + 1));
  const copy = [...list];
  while (copy.length < at) copy.push(null);
  copy[at] = item;
  return copy;
}

export function getPath(value: Json, path: readonly Json[], meter: Meter): Json {
  let current = value;
  for (const key of path) {
    if (current === null) return null;
    meter.charge(1 / 16);
    current = getAt(current, key, meter);
  }
  return current;
}

/** The value with `change` made at the path. */
export function updatePath(
  value: Json,
  path: readonly Json[],
  meter: Meter,
  change: (item: Json) => Json,
): Json {
  if (path.length === 0) return change(value);
  meter.enter();
  const [key, ...rest] = path as readonly [Json, ...Json[]];
  const inner = updatePath(getAt(value, key, meter), rest, meter, change);
  const changed = setAt(value, key, inner, meter);
  meter.leave();
  return changed;
}

/** Without what stands at the paths, the last one first, so that none of them moves. */
export function deletePaths(value: Json, paths: readonly Json[], meter: Meter): Json {
  meter.chargeList(paths.length);
  let current = value;
  for (const path of paths.toSorted((a, b) => compare(b, a, meter))) {
    if (!Array.isArray(path)) throw new JqError('Path must be specified as an array');
    current = deletePath(current, path as readonly Json[], meter);
  }
  return current;
}

function deletePath(value: Json, path: readonly Json[], meter: Meter): Json {
  if (path.length === 0 || value === null) return null;
  const [key, ...rest] = path as readonly [Json, ...Json[]];
  if (rest.length === 0) return deleteAt(value, key, meter);
  const inner = getAt(value, key, meter);
  return inner === null ? value : setAt(value, key, deletePath(inner, rest, meter), meter);
}

function deleteAt(value: Json, key: Json, meter: Meter): Json {
  if (isJsonObject(value) && typeof key === 'string') {
    const copy = copyMap(value, meter);
    delete copy[key];
    return copy;
  }
  if (Array.isArray(value)) {
    const list = value as readonly Json[];
    meter.chargeElements(list.length);
    if (typeof key === 'number') {
      const at = Math.floor(key) < 0 ? Math.floor(key) + list.length : Math.floor(key);
      return list.filter((_, index) => index !== at);
    }
    if (isJsonObject(key)) {
      const [from, to] = boundsOf(list.length, normalize(key));
      return [...list.slice(0, from), ...list.slice(to)];
    }
  }
  throw new JqError(
    `Cannot delete field at ${typeof key === 'string' ? 'object' : 'array'} index of ${describe(value)}`,
  );
}
