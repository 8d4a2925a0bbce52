import {
  type CelList,
  type CelMap,
  type CelUint,
  type CelValue,
  isCelList,
  isCelMap,
  isCelType,
  isCelUint,
} from '@bufbuild/cel';
import { toJson } from '@bufbuild/protobuf';
import { isReflectMessage } from '@bufbuild/protobuf/reflect';
import { base64Encode } from '@bufbuild/protobuf/wire';
import { type Duration, DurationSchema, type Timestamp, TimestampSchema } from '@bufbuild/protobuf/wkt';
import type { Json } from '../../../json.js';
import type { Evaluation, EvaluationFailureCode } from '../../dialect.js';
import { jsonOf } from './bind.js';
import { measureJson } from './json-size.js';
import { MAX_SIZE, MAX_VALUE_DEPTH } from './meter.js';

/**
 * A CEL value as JSON: int and uint as numbers where they are safe, bytes as base64, a timestamp as RFC 3339, a duration
 * as seconds ("90s"), keys of maps as text.
 */
export function toResult(value: CelValue): Evaluation {
  try {
    return { ok: true, value: new Conversion().convert(value, 0) };
  } catch (error) {
    if (error instanceof ResultError) return { ok: false, code: error.code, message: error.message };
    return { ok: false, code: 'expression-result-invalid', message: `The result is no JSON: ${error}` };
  }
}

class ResultError extends Error {
  constructor(
    readonly code: EvaluationFailureCode,
    message: string,
  ) {
    super(message);
  }
}

class Conversion {
  private bytes = 0;

  convert(value: CelValue, depth: number): Json {
    if (depth > MAX_VALUE_DEPTH) throw invalid('The result nests too deeply.');
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return this.count(value);
      case 'number':
        if (!Number.isFinite(value))
          throw invalid(`The result holds ${value}, which JSON has no number for.`);
        return this.count(value === 0 ? 0 : value);
      case 'bigint':
        return this.count(toSafeNumber(value));
    }
    if (value === null) return this.count(null);
    const original = jsonOf(value);
    if (original !== undefined) return this.count(original);
    if (isCelUint(value)) return this.count(toSafeNumber(value.value));
    if (isCelList(value)) return this.convertList(value, depth);
    if (isCelMap(value)) return this.convertMap(value, depth);
    if (value instanceof Uint8Array) return this.count(base64Encode(value));
    if (isReflectMessage(value, TimestampSchema))
      return this.count(toJson(TimestampSchema, value.message as Timestamp));
    if (isReflectMessage(value, DurationSchema))
      return this.count(toJson(DurationSchema, value.message as Duration));
    throw invalid(
      isCelType(value)
        ? `The result holds the type "${value.name}".`
        : 'The result holds what JSON has no value for.',
    );
  }

  private convertList(list: CelList, depth: number): Json {
    this.grow(2);
    const items: Json[] = [];
    for (const item of list) {
      this.grow(1);
      items.push(this.convert(item, depth + 1));
    }
    return items;
  }

  private convertMap(map: CelMap, depth: number): Json {
    this.grow(2);
    const members = new Map<string, Json>();
    for (const [key, member] of map) {
      const name = nameOf(key);
      if (members.has(name)) throw invalid(`Two keys of the result become ${JSON.stringify(name)}.`);
      this.grow(measureJson(name) + 2);
      members.set(name, this.convert(member, depth + 1));
    }
    // fromEntries makes `__proto__` a key like any other.
    return Object.fromEntries(members);
  }

  private count<T extends Json>(value: T): T {
    const bytes = measureJson(value);
    if (bytes === Number.POSITIVE_INFINITY) throw invalid('The result nests too deeply.');
    this.grow(bytes);
    return value;
  }

  private grow(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > MAX_SIZE) {
      throw new ResultError('expression-too-costly', 'The result is larger than 1 MiB of JSON.');
    }
  }
}

function nameOf(key: string | bigint | boolean | CelUint): string {
  return isCelUint(key) ? key.value.toString() : key.toString();
}

function toSafeNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number))
    throw invalid(`The result holds ${value}, which is too large for a JSON number.`);
  return number;
}

function invalid(message: string): ResultError {
  return new ResultError('expression-result-invalid', message);
}
