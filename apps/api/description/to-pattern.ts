/** Control characters: the class Cc of Unicode. */
const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f';
const CONTROLS_BUT_LINES = '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f';

/**
 * The expression as a `pattern` of OpenAPI (ECMA 262 without flags, of what other languages' expressions have too);
 * undefined where it cannot be said so.
 */
export function toPattern({ source, flags }: RegExp): string | undefined {
  if (/[^u]/.test(flags)) return undefined;
  const pattern = source
    .replaceAll('[\\P{Cc}\\n\\t]', `[^${CONTROLS_BUT_LINES}]`)
    .replaceAll('\\p{Cc}', CONTROLS)
    .replaceAll('\\P{Cc}', `[^${CONTROLS}]`)
    .replaceAll('\\0', '\\u0000');
  return /\\[pP]\{/.test(pattern) ? undefined : pattern;
}
