import { RE2JS } from 're2js';
import { BoundedCache } from '../bounded-cache.js';
import { charge, chargeOnce } from './meter.js';

/** Characters of the longest pattern. */
const MAX_PATTERN = 1000;

const compiled = new BoundedCache<RE2JS>(16 * 1024);

/** Whether some part of the text matches (RE2 syntax), in time linear in the text and in the size of the pattern. */
export function matches(text: string, pattern: string): boolean {
  if (pattern.length > MAX_PATTERN) throw new Error(`a pattern may have ${MAX_PATTERN} characters`);
  chargeOnce(`pattern ${pattern}`, pattern.length);
  const program = compiled.resolve(pattern, pattern.length + 64, () => RE2JS.compile(pattern));
  const size = program.programSize();
  chargeOnce(`program ${pattern}`, size / 4);
  charge((text.length / 32) * (1 + size / 64));
  return program.test(text);
}
