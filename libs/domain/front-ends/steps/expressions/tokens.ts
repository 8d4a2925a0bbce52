import { ExpressionError } from './syntax.js';

export interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'sign' | 'open' | 'end';
  /** Of a text: what it means; of `open`: what stands inside of the brackets of a template. */
  readonly text: string;
}

const SPACE = /\s+/y;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** A dash belongs to a name after a dot only: `steps.run-tests.output`, but `a-b` may be a difference. */
const NAME = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy;
const DOLLAR_NAME = /\$(?=[\p{L}_.])/uy;
const SIGN = /===|!==|=>|==|!=|<=|>=|&&|\|\||=~|!~|\?\?|\?\.|[-+*/%<>!?:.,()[\]|=]/y;
const TEMPLATES = [
  ['${{', '}}'],
  ['{{', '}}'],
  ['${', '}'],
  ['<%=', '%>'],
] as const;

/** What stands inside the brackets of a template that begins at `at`, and where it ends. */
export function templateAt(
  text: string,
  at: number,
): { readonly inner: string; readonly end: number } | undefined {
  for (const [open, close] of TEMPLATES) {
    if (!text.startsWith(open, at)) continue;
    const end = findClose(text, at + open.length, close);
    if (end === undefined) return undefined;
    const inner = text.slice(at + open.length, end);
    return { inner: inner.startsWith('{') ? inner.slice(1) : inner, end: end + close.length };
  }
  return undefined;
}

/** For each of them the text is read to its end. */
const MAX_UNCLOSED = 50;

/** The templates of one text, which may hold any number of brackets that nothing closes. */
export class Templates {
  private unclosed = 0;

  constructor(private readonly text: string) {}

  /** Throws ExpressionError. */
  at(at: number): ReturnType<typeof templateAt> {
    const { text } = this;
    if (!'$<{'.includes(text[at]!)) return undefined;
    const template = templateAt(text, at);
    if (
      template === undefined &&
      TEMPLATES.some(([open]) => text.startsWith(open, at)) &&
      ++this.unclosed > MAX_UNCLOSED
    )
      throw new ExpressionError('its brackets are not closed');
    return template;
  }
}

/** Quotes inside are skipped. */
function findClose(text: string, from: number, close: string): number | undefined {
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const sign = text[at]!;
    if (quote !== '') {
      if (sign === '\\') at++;
      else if (sign === quote) quote = '';
    } else if (text.startsWith(close, at)) return at;
    else if (sign === '"' || sign === "'") quote = sign;
  }
  return undefined;
}

/** Throws ExpressionError. */
export function readTokens(source: string): Token[] {
  const tokens: Token[] = [];
  const match = (pattern: RegExp, at: number): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  for (let at = 0; at < source.length; ) {
    const space = match(SPACE, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const template = templateAt(source, at);
    if (template !== undefined) {
      tokens.push({ kind: 'open', text: template.inner });
      at = template.end;
      continue;
    }
    if (source[at] === '"' || source[at] === "'" || source[at] === '`') {
      const [text, end] = readText(source, at);
      tokens.push({ kind: 'text', text });
      at = end;
      continue;
    }
    if (match(DOLLAR_NAME, at) !== undefined) {
      at++;
      if (source[at] === '.') at++;
      continue;
    }
    const [kind, text] =
      (
        [
          ['number', match(NUMBER, at)],
          ['name', match(NAME, at)],
          ['sign', match(SIGN, at)],
        ] as const
      ).find(([, found]) => found !== undefined) ?? [];
    if (kind === undefined || text === undefined)
      throw new ExpressionError(`\`${source[at]}\` has no meaning here`);
    const last = tokens.at(-1);
    // `.run-tests`, when it was read as `.run`, `-`, `tests`.
    if (kind === 'name' && last?.kind === 'sign' && last.text === '.') {
      const whole = match(/[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*/y, at)!;
      tokens.push({ kind, text: whole });
      at += whole.length;
      continue;
    }
    tokens.push({ kind, text });
    at += text.length;
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

function readText(source: string, start: number): [string, number] {
  const quote = source[start]!;
  let text = '';
  for (let at = start + 1; at < source.length; at++) {
    const sign = source[at]!;
    if (sign === quote) return [text, at + 1];
    if (sign === '\\' && at + 1 < source.length) {
      at++;
      const escaped = source[at]!;
      text += escaped === 'n' ? '\n' : escaped === 't' ? '\t' : escaped;
    } else text += sign;
  }
  throw new ExpressionError('a text has no end');
}
