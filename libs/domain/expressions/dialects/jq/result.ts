import type { Json } from '../../../json.js';
import type { Evaluation } from '../../dialect.js';
import { MAX_SIZE, type Meter, TooCostly } from './meter.js';
import { put, toJsonNumber } from './values.js';

/** The value as JSON has it: no NaN, no infinity, no parts that the scope still holds. */
export function toResult(value: Json, meter: Meter): Evaluation {
  let size = 0;
  const convert = (part: Json): Json => {
    size += typeof part === 'string' ? part.length + 2 : 4;
    if (size > MAX_SIZE) throw new TooCostly('The result is larger than 1 MiB of JSON.');
    if (typeof part === 'number') return toJsonNumber(part);
    if (typeof part !== 'object' || part === null) return part;
    meter.enter();
    const converted = Array.isArray(part)
      ? (part as readonly Json[]).map(convert)
      : convertMap(part as object, convert);
    meter.leave();
    return converted;
  };
  return { ok: true, value: convert(value) };
}

function convertMap(map: object, convert: (part: Json) => Json): Json {
  const copy: Record<string, Json> = {};
  for (const [key, item] of Object.entries(map)) put(copy, key, convert(item as Json));
  return copy;
}
