import { JqSyntaxError } from './syntax.js';

export type Token =
  | { readonly type: 'number'; readonly value: number; readonly offset: number }
  /** Parts of a text: characters, and the tokens of what stands in `\( )`. */
  | { readonly type: 'text'; readonly parts: readonly (string | readonly Token[])[]; readonly offset: number }
  | {
      readonly type: 'field' | 'name' | 'variable' | 'format' | 'mark';
      readonly text: string;
      readonly offset: number;
    }
  | { readonly type: 'end'; readonly offset: number };

const MARKS = [
  '?//=',
  '?//',
  '|=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '//=',
  '==',
  '!=',
  '<=',
  '>=',
  '//',
  '..',
  '.',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  '|',
  ',',
  ':',
  ';',
  '=',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '?',
].toSorted((a, b) => b.length - a.length);

const SPACE = /(?:[ \t\r\n]|#[^\n]*)+/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const FIELD = /\.([A-Za-z_]\w*)/y;
const NAME = /[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*/y;
const VARIABLE = /\$\s*([A-Za-z_]\w*)/y;
const FORMAT = /@(\w+)/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Deepest nesting of texts in texts. */
const MAX_TEXT_DEPTH = 50;

export function tokenize(source: string): readonly Token[] {
  const lexer = new Lexer(source);
  return lexer.readTo(undefined, 0);
}

class Lexer {
  private at = 0;

  constructor(private readonly source: string) {}

  /** Tokens up to the parenthesis that ends an interpolation, or to the end of the program. */
  readTo(close: ')' | undefined, depth: number): Token[] {
    if (depth > MAX_TEXT_DEPTH) throw new JqSyntaxError('texts nest too deeply', this.at);
    const tokens: Token[] = [];
    let open = 0;
    for (;;) {
      this.match(SPACE);
      const offset = this.at;
      if (offset >= this.source.length) {
        if (close !== undefined) throw new JqSyntaxError('`\\(` has no end', offset);
        return [...tokens, { type: 'end', offset }];
      }
      const token = this.readToken(offset, depth);
      if (token.type === 'mark' && token.text === '(') open++;
      if (token.type === 'mark' && token.text === ')') {
        if (open === 0 && close !== undefined) return [...tokens, { type: 'end', offset }];
        open--;
      }
      tokens.push(token);
    }
  }

  private readToken(offset: number, depth: number): Token {
    const number = this.match(NUMBER);
    if (number !== undefined) return { type: 'number', value: Number(number[0]), offset };
    if (this.source[offset] === '"') return this.readText(offset, depth);
    for (const [type, pattern] of [
      ['field', FIELD],
      ['variable', VARIABLE],
      ['format', FORMAT],
    ] as const) {
      const found = this.match(pattern);
      if (found !== undefined) return { type, text: found[1]!, offset };
    }
    const name = this.match(NAME);
    if (name !== undefined) return { type: 'name', text: name[0], offset };
    const mark = MARKS.find((text) => this.source.startsWith(text, offset));
    if (mark === undefined)
      throw new JqSyntaxError(`nothing can be made of ${JSON.stringify(this.source[offset])}`, offset);
    this.at += mark.length;
    return { type: 'mark', text: mark, offset };
  }

  private readText(offset: number, depth: number): Token {
    const parts: (string | readonly Token[])[] = [];
    let characters = '';
    this.at++;
    for (;;) {
      const character = this.source[this.at];
      if (character === undefined) throw new JqSyntaxError('the text has no end', offset);
      this.at++;
      if (character === '"') break;
      if (character !== '\\') {
        characters += character;
      } else if (this.source[this.at] === '(') {
        this.at++;
        parts.push(characters, this.readTo(')', depth + 1));
        characters = '';
      } else characters += this.readEscape();
    }
    parts.push(characters);
    return { type: 'text', parts, offset };
  }

  private readEscape(): string {
    const letter = this.source[this.at++] ?? '';
    if (letter === 'u') {
      const digits = this.source.slice(this.at, this.at + 4);
      if (!/^[\da-fA-F]{4}$/.test(digits))
        throw new JqSyntaxError('`\\u` takes four hexadecimal digits', this.at);
      this.at += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const escaped = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (escaped === undefined) throw new JqSyntaxError(`\`\\${letter}\` is no escape`, this.at - 2);
    return escaped;
  }

  private match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found === null) return undefined;
    this.at = pattern.lastIndex;
    return found;
  }
}
