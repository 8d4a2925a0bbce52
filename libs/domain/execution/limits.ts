import type { Json } from '../json.js';
import { exceedsJsonLength } from '../json-length.js';

/** UTF-16 code units of JSON text; one limit for what a step takes in and gives out. */
const MAX_VALUE_LENGTH = 256 * 1024;

export const MAX_LOOP_ITEMS = 10_000;

export const MAX_WAIT_MS = 366 * 24 * 60 * 60 * 1000;

export function exceedsValueLimit(value: Json): boolean {
  return exceedsJsonLength(value, MAX_VALUE_LENGTH);
}
