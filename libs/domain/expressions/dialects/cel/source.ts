/** A lexical unit of CEL, as coarse as its readers here need. `closed` is false for a text without its end. */
interface Token {
  readonly kind: 'space' | 'name' | 'text' | 'sign';
  readonly end: number;
  readonly closed: boolean;
}

const SPACE = /(?:[\t\n\f\r ]+|\/\/[^\r\n]*)/y;
const NAME = /[A-Za-z0-9_]+/y;
const TEXT_START = /(?:[rR][bB]?|[bB][rR]?)?("""|'''|"|')/y;

/** Reads the token that starts at `at`, which lies within the text. */
function readToken(text: string, at: number): Token {
  const space = matchAt(SPACE, text, at);
  if (space !== null) return { kind: 'space', end: at + space[0].length, closed: true };
  const start = matchAt(TEXT_START, text, at);
  if (start !== null) return readText(text, at + start[0].length, start[1]!, /^[a-z]?r/i.test(start[0]));
  const name = matchAt(NAME, text, at);
  if (name !== null) return { kind: 'name', end: at + name[0].length, closed: true };
  return { kind: 'sign', end: at + 1, closed: true };
}

function readText(text: string, from: number, quote: string, raw: boolean): Token {
  for (let at = from; at < text.length; at++) {
    if (text.startsWith(quote, at)) return { kind: 'text', end: at + quote.length, closed: true };
    if (text[at] === '\\' && !raw) at++;
    else if (quote.length === 1 && (text[at] === '\n' || text[at] === '\r')) break;
  }
  return { kind: 'text', end: text.length, closed: false };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Where the `}}` stands that ends the expression starting at `from`: not one within a text, a comment or a map. */
export function findExpressionEnd(text: string, from: number): number | undefined {
  let open = 0;
  for (let at = from; at < text.length; ) {
    const token = readToken(text, at);
    if (!token.closed) return undefined;
    if (token.kind === 'sign') {
      if (text[at] === '{') open++;
      else if (text[at] === '}' && open > 0) open--;
      else if (text.startsWith('}}', at)) return at;
    }
    at = token.end;
  }
  return undefined;
}

/** Brackets within brackets, and conditions (`?`) in all, that an expression may have: its parser recurses. */
const MAX_NESTING = 64;

/** Where brackets or conditions go beyond what is allowed. */
export function findExcessNesting(text: string): number | undefined {
  let open = 0;
  let conditions = 0;
  for (let at = 0; at < text.length; at = readToken(text, at).end) {
    const sign = text[at]!;
    if ('([{'.includes(sign)) open++;
    else if (')]}'.includes(sign)) open--;
    else if (sign === '?') conditions++;
    if (open > MAX_NESTING || conditions > MAX_NESTING) return at;
  }
  return undefined;
}

const STEP_ID = /(\s*)\.(\s*)([a-z][a-z0-9-]*)/y;

/** CEL text in which the ids after `steps.` are CEL names, of the same length; the ids, by the offset of their dot. */
export interface PlainSource {
  readonly text: string;
  readonly ids: ReadonlyMap<number, string>;
}

/**
 * `steps.roll-out` means the step `roll-out`: after the root `steps`, an id goes as far as `[a-z0-9-]` do. Ids hold no
 * `_`, so `-` becomes that.
 */
export function replaceStepIds(source: string): PlainSource {
  const ids = new Map<number, string>();
  let text = '';
  let copied = 0;
  let previous = '';
  for (let at = 0; at < source.length; ) {
    const token = readToken(source, at);
    const isRoot = token.kind === 'name' && previous !== '.' && source.slice(at, token.end) === 'steps';
    if (token.kind !== 'space') previous = source[at]!;
    at = token.end;
    const found = isRoot ? matchAt(STEP_ID, source, at) : null;
    if (found?.[3]?.includes('-')) {
      const [whole, before, , id] = found as unknown as [string, string, string, string];
      ids.set(at + before.length, id);
      at += whole.length;
      text += source.slice(copied, at - id.length) + id.replaceAll('-', '_');
      copied = at;
      previous = id;
    }
  }
  return { text: text + source.slice(copied), ids };
}
