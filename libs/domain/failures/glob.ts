/**
 * A pattern over one line, without regard to case: text that stands in it, where `*` is any text (none too), `#` a number,
 * a `^` in front the beginning of the line and `\` takes the next character as it is. A number stands alone: `error: 40`
 * is not in `error: 404`. Time is linear in the line by its making: pieces are looked for one after the other, once each.
 */
export interface Glob {
  readonly anchored: boolean;
  /** What stands between stars: texts with a number between each two. */
  readonly pieces: readonly (readonly string[])[];
  /** The longest text of it: a line without it cannot match. */
  readonly key: string;
}

const MIN_KEY_LENGTH = 3;
const MAX_GLOB_LENGTH = 300;

export type GlobFault = 'empty' | 'too-long' | 'too-short' | 'not-ascii';

/** Answers with what is wrong where it is no pattern. */
export function parseGlob(text: string): Glob | GlobFault {
  if (text.trim() === '') return 'empty';
  if (text.length > MAX_GLOB_LENGTH) return 'too-long';
  if (!/^[\x20-\x7e]*$/.test(text)) return 'not-ascii';
  const anchored = text.startsWith('^');
  const pieces = split(anchored ? text.slice(1) : text);
  const key = pieces.flat().reduce((longest, part) => (part.length > longest.length ? part : longest), '');
  return key.length < MIN_KEY_LENGTH ? 'too-short' : { anchored, pieces, key };
}

function split(text: string): string[][] {
  const pieces: string[][] = [['']];
  const append = (character: string): void => {
    const piece = pieces.at(-1)!;
    piece.push(`${piece.pop()}${character}`);
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '*') pieces.push(['']);
    else if (character === '#') pieces.at(-1)!.push('');
    else if (character === '\\' && at + 1 < text.length) append(text[++at]!.toLowerCase());
    else append(character.toLowerCase());
  }
  return pieces.filter((piece) => piece.some((part) => part !== '') || piece.length > 1);
}

/** @param line in lower case */
export function matchesGlob({ anchored, pieces }: Glob, line: string): boolean {
  let from = 0;
  for (const [number, piece] of pieces.entries()) {
    const end = findPiece(line, piece, from, anchored && number === 0);
    if (end === -1) return false;
    from = end;
  }
  return true;
}

/** Where the piece ends that begins first at or after `from`; -1 where there is none. */
function findPiece(line: string, piece: readonly string[], from: number, fixed: boolean): number {
  const [head = ''] = piece;
  for (let start = from; start <= line.length; start += 1) {
    if (head !== '') start = line.indexOf(head, start);
    if (start === -1) return -1;
    const end = isInsideNumber(line, start) ? -1 : matchPieceAt(line, piece, start);
    if (end !== -1) return !fixed || start === 0 ? end : -1;
    if (fixed) return -1;
  }
  return -1;
}

function matchPieceAt(line: string, piece: readonly string[], start: number): number {
  let at = start;
  for (const [number, part] of piece.entries()) {
    if (number > 0) {
      const digits = at;
      while (isDigit(line, at)) at += 1;
      if (at === digits) return -1;
    }
    if (!line.startsWith(part, at)) return -1;
    at += part.length;
  }
  return isInsideNumber(line, at) ? -1 : at;
}

function isInsideNumber(line: string, at: number): boolean {
  return isDigit(line, at - 1) && isDigit(line, at);
}

function isDigit(line: string, at: number): boolean {
  const code = line.charCodeAt(at);
  return code >= 48 && code <= 57;
}
