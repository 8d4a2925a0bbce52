import { isJsonObject, type Json, type JsonObject } from '../../../json.js';
import { JqError } from './error.js';
import type { Meter } from './meter.js';
import type { Operator } from './syntax.js';
import { compare, copyMap, describe, put } from './values.js';

export function operate(operator: Operator, left: Json, right: Json, meter: Meter): Json {
  switch (operator) {
    case '+':
      return add(left, right, meter);
    case '-':
      return subtract(left, right, meter);
    case '*':
      return multiply(left, right, meter);
    case '/':
      return divide(left, right, meter);
    case '%':
      return remainder(left, right);
    case '==':
      return compare(left, right, meter) === 0;
    case '!=':
      return compare(left, right, meter) !== 0;
    case '<':
      return compare(left, right, meter) < 0;
    case '<=':
      return compare(left, right, meter) <= 0;
    case '>':
      return compare(left, right, meter) > 0;
    case '>=':
      return compare(left, right, meter) >= 0;
  }
}

export function add(left: Json, right: Json, meter: Meter): Json {
  if (left === null) return right;
  if (right === null) return left;
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (typeof left === 'string' && typeof right === 'string') {
    meter.chargeBuilt(left.length + right.length);
    return left + right;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    meter.chargeList(left.length + right.length);
    return [...(left as Json[]), ...(right as Json[])];
  }
  if (isJsonObject(left) && isJsonObject(right)) {
    const sum = copyMap(left, meter);
    meter.chargeElements(Object.keys(right).length);
    for (const key of Object.keys(right)) put(sum, key, right[key]!);
    return sum;
  }
  throw new JqError(`${describe(left)} and ${describe(right)} cannot be added`);
}

function subtract(left: Json, right: Json, meter: Meter): Json {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (Array.isArray(left) && Array.isArray(right)) {
    const taken = right as readonly Json[];
    return (left as readonly Json[]).filter(
      (item) => !taken.some((other) => compare(item, other, meter) === 0),
    );
  }
  throw new JqError(`${describe(left)} and ${describe(right)} cannot be subtracted`);
}

function multiply(left: Json, right: Json, meter: Meter): Json {
  if (typeof left === 'number' && typeof right === 'number') return left * right;
  if (typeof left === 'string' && typeof right === 'number') return repeat(left, right, meter);
  if (typeof left === 'number' && typeof right === 'string') return repeat(right, left, meter);
  if (isJsonObject(left) && isJsonObject(right)) return merge(left, right, meter);
  throw new JqError(`${describe(left)} and ${describe(right)} cannot be multiplied`);
}

/** Not at all is null, as it was up to jq 1.7. */
function repeat(text: string, times: number, meter: Meter): Json {
  if (Number.isNaN(times) || times <= 0) return null;
  const count = times < 1 ? 1 : Math.floor(times);
  meter.chargeBuilt(text.length * count);
  return text.repeat(count);
}

function merge(left: JsonObject, right: JsonObject, meter: Meter): Json {
  meter.enter();
  const merged = copyMap(left, meter);
  for (const key of Object.keys(right)) {
    meter.charge(1 / 16);
    const before = Object.hasOwn(merged, key) ? merged[key] : undefined;
    const after = right[key]!;
    put(merged, key, isJsonObject(before) && isJsonObject(after) ? merge(before, after, meter) : after);
  }
  meter.leave();
  return merged;
}

function divide(left: Json, right: Json, meter: Meter): Json {
  if (typeof left === 'number' && typeof right === 'number') {
    if (right === 0)
      throw new JqError(
        `${describe(left)} and ${describe(right)} cannot be divided because the divisor is zero`,
      );
    return left / right;
  }
  if (typeof left === 'string' && typeof right === 'string') return split(left, right, meter);
  throw new JqError(`${describe(left)} and ${describe(right)} cannot be divided`);
}

export function split(text: string, by: string, meter: Meter): Json {
  meter.chargeText(text.length);
  if (text === '') return [];
  const parts = by === '' ? [...text] : text.split(by);
  meter.chargeList(parts.length);
  return parts;
}

function remainder(left: Json, right: Json): Json {
  if (typeof left !== 'number' || typeof right !== 'number')
    throw new JqError(`${describe(left)} and ${describe(right)} cannot be divided`);
  if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
  const divisor = Math.abs(toWhole(right));
  if (divisor === 0)
    throw new JqError(
      `${describe(left)} and ${describe(right)} cannot be divided (remainder) because the divisor is zero`,
    );
  const rest = toWhole(left) % divisor;
  return rest === 0 ? 0 : rest;
}

function toWhole(value: number): number {
  const limit = 2 ** 63;
  return Math.trunc(Math.min(Math.max(value, -limit), limit));
}
