import type { Reading } from './context.js';
import type { Value } from './value.js';

/** A note for each key that the platform does not know: what it holds is passed over. */
export function noteUnknownKeys(reading: Reading, map: Value, known: readonly string[]): void {
  for (const [key, , place] of map.entries) {
    if (!known.includes(key))
      reading.note('key-unknown', place, `The platform knows no key ${key.slice(0, 80)} here.`);
  }
}
