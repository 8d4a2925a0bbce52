/** Control characters: the class Cc of Unicode. */
const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f';
const CONTROLS_BUT_LINES = '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f';
/** The end of a line may be that of Windows. */
const CONTROLS_BUT_LINE_ENDS = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f';

/**
 * Such characters only, one of them no space: said by looking ahead, as costs the least, but not every language can. How
 * long the text may be stands elsewhere.
 */
const SOMETHING_AND = /^\^\(\?=(?:\[\\s\\S\]|\.)\*\\S\)\[\^([^\]]*)\](?:[*+]|\{\d+,\d+\})\$$/;

/**
 * The expression as a `pattern` of OpenAPI (ECMA 262 without flags, of what other languages' expressions have too);
 * undefined where it cannot be said so.
 */
export function toPattern({ source, flags }: RegExp): string | undefined {
  if (/[^u]/.test(flags)) return undefined;
  const pattern = source
    .replaceAll('[\\P{Cc}\\n\\t]', `[^${CONTROLS_BUT_LINES}]`)
    .replaceAll('[\\P{Cc}\\r\\n\\t]', `[^${CONTROLS_BUT_LINE_ENDS}]`)
    .replaceAll('\\p{Cc}', CONTROLS)
    .replaceAll('\\P{Cc}', `[^${CONTROLS}]`)
    .replaceAll('\\0', '\\u0000')
    .replace(SOMETHING_AND, (_, characters: string) => {
      const any = `[^${characters}]*`;
      return `^${any}[^\\s${characters}]${any}$`;
    });
  return /\\[pP]\{/.test(pattern) ? undefined : pattern;
}
