import { isJsonObject, type Json } from '../../../../json.js';
import type { Computes } from '../builtins.js';
import { JqError } from '../error.js';
import type { Meter } from '../meter.js';
import { add } from '../operators.js';
import { deletePaths, indicesOf, updatePath } from '../paths.js';
import { compare, describe, requireList, sortBy, sortedKeys, typeOf, valuesOf } from '../values.js';

/** Functions of lists and maps, and of values of any type. */
export const lists: Computes = {
  'length/0': (meter, input) => lengthOf(meter, input),
  'type/0': (_, input) => typeOf(input),
  'keys/0': (meter, input) => (isJsonObject(input) ? sortedKeys(input, meter) : indexesOf(input)),
  'keys_unsorted/0': (meter, input) => {
    if (!isJsonObject(input)) return indexesOf(input);
    meter.chargeElements(Object.keys(input).length);
    return Object.keys(input);
  },
  'has/1': (_, input, key) => has(input, key!),
  'contains/1': (meter, input, part) => contains(meter, input, part!),
  'add/0': (meter, input) =>
    input === null ? null : valuesOf(input).reduce<Json>((sum, item) => add(sum, item, meter), null),
  'sort/0': (meter, input) => {
    const list = requireList(input, `${describe(input)} cannot be sorted, as it is not an array`);
    return sortBy(
      list.map((item) => [item, item] as const),
      meter,
    ).map(([, item]) => item);
  },
  'unique/0': (meter, input) => {
    const list = requireList(input, `${describe(input)} cannot be sorted, as it is not an array`);
    const sorted = sortBy(
      list.map((item) => [item, item] as const),
      meter,
    ).map(([, item]) => item);
    return sorted.filter((item, at) => at === 0 || compare(sorted[at - 1]!, item, meter) !== 0);
  },
  'min/0': (meter, input) => extreme(meter, input, -1),
  'max/0': (meter, input) => extreme(meter, input, 1),
  'reverse/0': (meter, input) => {
    if (input === null) return [];
    if (typeof input === 'string') return [...input].reverse().join('');
    const list = requireList(input, `Cannot reverse ${describe(input)}`);
    meter.chargeList(list.length);
    return list.toReversed();
  },
  'flatten/0': (meter, input) => flatten(meter, input, Infinity),
  'flatten/1': (meter, input, depth) => {
    if (typeof depth !== 'number') throw new JqError('flatten depth must be a number');
    if (depth < 0) throw new JqError('flatten depth must not be negative');
    return flatten(meter, input, depth);
  },
  'transpose/0': (meter, input) => {
    const rows = requireList(input, `Cannot transpose ${describe(input)}`).map((row) =>
      requireList(row, `Cannot transpose ${describe(row)}`),
    );
    const width = Math.max(0, ...rows.map(({ length }) => length));
    meter.chargeList(width * rows.length);
    return Array.from({ length: width }, (_, at) => rows.map((row) => row[at] ?? null));
  },
  'setpath/2': (meter, input, path, value) =>
    updatePath(input, requireList(path!, 'Path must be specified as an array'), meter, () => value!),
  'delpaths/1': (meter, input, paths) =>
    deletePaths(input, requireList(paths!, 'Paths must be specified as an array'), meter),
  'indices/1': (meter, input, part) => indices(meter, input, part!),
  'index/1': (meter, input, part) => (indices(meter, input, part!) as readonly Json[] | null)?.[0] ?? null,
  'rindex/1': (meter, input, part) =>
    (indices(meter, input, part!) as readonly Json[] | null)?.at(-1) ?? null,
  'bsearch/1': (meter, input, sought) => {
    const list = requireList(input, `${describe(input)} cannot be searched from`);
    let from = 0;
    let to = list.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      const difference = compare(list[middle]!, sought!, meter);
      if (difference === 0) return middle;
      if (difference < 0) from = middle + 1;
      else to = middle;
    }
    return -1 - from;
  },
};

function lengthOf(meter: Meter, input: Json): Json {
  if (input === null) return 0;
  if (typeof input === 'number') return Math.abs(input);
  if (typeof input === 'string') {
    meter.chargeText(input.length);
    let count = 0;
    for (const _ of input) count++;
    return count;
  }
  if (typeof input === 'boolean') throw new JqError(`${describe(input)} has no length`);
  return Array.isArray(input) ? input.length : Object.keys(input).length;
}

function indexesOf(input: Json): Json {
  return requireList(input, `${describe(input)} has no keys`).map((_, at) => at);
}

function has(input: Json, key: Json): boolean {
  if (isJsonObject(input) && typeof key === 'string') return Object.hasOwn(input, key);
  if (Array.isArray(input) && typeof key === 'number') return key >= 0 && key < input.length;
  throw new JqError(`Cannot check whether ${typeOf(input)} has a ${typeOf(key)} key`);
}

function contains(meter: Meter, input: Json, part: Json): boolean {
  meter.enter();
  const answer = containsPart(meter, input, part);
  meter.leave();
  return answer;
}

function containsPart(meter: Meter, input: Json, part: Json): boolean {
  if (isJsonObject(input) && isJsonObject(part))
    return Object.keys(part).every(
      (key) => Object.hasOwn(input, key) && contains(meter, input[key]!, part[key]!),
    );
  if (Array.isArray(input) && Array.isArray(part))
    return (part as readonly Json[]).every((item) =>
      (input as readonly Json[]).some((other) => contains(meter, other, item)),
    );
  if (typeof input === 'string' && typeof part === 'string') {
    meter.chargeText(input.length);
    return input.includes(part);
  }
  if (typeOf(input) === typeOf(part)) return compare(input, part, meter) === 0;
  throw new JqError(`${describe(input)} and ${describe(part)} cannot have their containment checked`);
}

function extreme(meter: Meter, input: Json, sign: 1 | -1): Json {
  const list = requireList(input, `${describe(input)} cannot be compared, as it is not an array`);
  let best: Json | undefined;
  for (const item of list) {
    const difference = best === undefined ? 1 : compare(item, best, meter) * sign;
    if (difference > 0 || (difference === 0 && sign === 1)) best = item;
  }
  return best ?? null;
}

function flatten(meter: Meter, input: Json, depth: number): Json {
  const flat: Json[] = [];
  const visit = (items: readonly Json[], left: number): void => {
    meter.enter();
    meter.chargeList(items.length);
    for (const item of items) {
      if (Array.isArray(item) && left > 0) visit(item as readonly Json[], left - 1);
      else flat.push(item);
    }
    meter.leave();
  };
  visit(valuesOf(input), depth);
  return flat;
}

function indices(meter: Meter, input: Json, part: Json): Json {
  if (input === null) return null;
  if (typeof input === 'string' && typeof part === 'string') return textIndices(meter, input, part);
  if (!Array.isArray(input))
    throw new JqError(`Cannot determine indices of ${describe(part)} in ${describe(input)}`);
  const list = input as readonly Json[];
  return indicesOf(list, Array.isArray(part) ? (part as readonly Json[]) : [part], meter);
}

/** By code points. */
function textIndices(meter: Meter, text: string, part: string): Json {
  if (part === '') return null;
  meter.chargeText(text.length);
  const found: number[] = [];
  let points = 0;
  let from = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
    meter.charge(1 / 16);
    points += [...text.slice(from, at)].length;
    from = at;
    found.push(points);
  }
  return found;
}
