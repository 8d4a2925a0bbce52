import type { Place } from '../pipeline.js';
import type { Reading } from '../reading/context.js';
import { Refusal } from '../unread.js';

/** A token of Groovy. `text` of a text is what it stands for, without its quotes, and its place is behind them. */
export interface Token {
  readonly kind: 'word' | 'number' | 'text' | 'sign' | 'end';
  readonly text: string;
  readonly place: Place;
  /** Whether a line ends before it. */
  readonly first: boolean;
  /** Of a text: whether expressions stand in it. */
  readonly computed?: boolean;
}

const WORD = /[\p{L}_$@][\p{L}\p{N}_$]*/uy;
const NUMBER = /\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?[a-zA-Z]?/y;
const SIGNS = [
  '<=>',
  '...',
  '==~',
  '**=',
  '?.',
  '*.',
  '.&',
  '->',
  '=~',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '++',
  '--',
];
const MORE_SIGNS = ['+=', '-=', '*=', '/=', '%=', '?:', '..', '<<', '>>', '::'];
const LONG_SIGNS = [...SIGNS, ...MORE_SIGNS];

/** Tokens of a whole file, without its comments; the last is `end`. Throws Refusal where a text or a comment never ends. */
export function readTokens(text: string, reading: Reading): readonly Token[] {
  return new Tokens(text, reading).read();
}

class Tokens {
  private at = 0;
  private line = 1;
  /** Offset of the first character of the line. */
  private lineStart = 0;
  private first = true;
  private readonly found: Token[] = [];

  constructor(
    private readonly text: string,
    private readonly reading: Reading,
  ) {}

  read(): readonly Token[] {
    for (this.skip(); this.at < this.text.length; this.skip()) {
      this.reading.spend(1, this.place);
      const place = this.place;
      const token = this.readText(place) ?? this.readWord(place) ?? this.readSign(place);
      this.found.push({ ...token, first: this.first });
      this.first = false;
    }
    this.found.push({ kind: 'end', text: '', place: this.place, first: true });
    return this.found;
  }

  private get place(): Place {
    return { file: this.reading.file, line: this.line, column: this.at - this.lineStart + 1 };
  }

  private advance(to: number): void {
    for (let next = this.text.indexOf('\n', this.at); next >= 0 && next < to; ) {
      this.line++;
      this.lineStart = next + 1;
      next = this.text.indexOf('\n', next + 1);
    }
    this.at = to;
  }

  /** Blanks, line ends and comments. */
  private skip(): void {
    for (;;) {
      const sign = this.text[this.at];
      if (sign === '\n') {
        this.first = true;
        this.advance(this.at + 1);
      } else if (sign === '\\' && /\r?\n/y.test(this.text.slice(this.at + 1, this.at + 3))) {
        this.advance(this.text.indexOf('\n', this.at) + 1);
      } else if (sign !== undefined && /\s/.test(sign)) this.at++;
      else if (this.text.startsWith('//', this.at) || (this.at === 0 && this.text.startsWith('#!'))) {
        const end = this.text.indexOf('\n', this.at);
        this.at = end < 0 ? this.text.length : end;
      } else if (this.text.startsWith('/*', this.at)) {
        const end = this.text.indexOf('*/', this.at + 2);
        if (end < 0) throw this.refuse('A comment never ends.');
        this.advance(end + 2);
      } else return;
    }
  }

  private refuse(message: string): Refusal {
    return new Refusal('syntax-wrong', this.place, message);
  }

  private readWord(place: Place): Omit<Token, 'first'> | undefined {
    for (const [kind, pattern] of [
      ['word', WORD],
      ['number', NUMBER],
    ] as const) {
      pattern.lastIndex = this.at;
      const found = pattern.exec(this.text)?.[0];
      if (found === undefined) continue;
      this.at += found.length;
      return { kind, text: found, place };
    }
    return undefined;
  }

  private readSign(place: Place): Omit<Token, 'first'> {
    const sign = LONG_SIGNS.find((each) => this.text.startsWith(each, this.at)) ?? this.text[this.at]!;
    this.at += sign.length;
    return { kind: 'sign', text: sign, place };
  }

  private readText(place: Place): Omit<Token, 'first'> | undefined {
    for (const quote of ["'''", '"""', "'", '"']) {
      if (this.text.startsWith(quote, this.at)) return this.readQuoted(quote, place);
    }
    if (this.text.startsWith('$/', this.at)) return this.readUntil('/$', 2, place);
    return this.text[this.at] === '/' && this.opensSlashes() ? this.readSlashes(place) : undefined;
  }

  /** A slash begins a text only where no value stands before it. */
  private opensSlashes(): boolean {
    const before = this.found.at(-1);
    if (before === undefined) return false;
    return before.kind === 'sign' ? /^[=~(,[:+]|==~$/.test(before.text) : before.text === 'return';
  }

  private readSlashes(place: Place): Omit<Token, 'first'> | undefined {
    for (let at = this.at + 1; at < this.text.length && this.text[at] !== '\n'; at++) {
      if (this.text[at] === '\\') at++;
      else if (this.text[at] === '/') {
        const inner = this.text.slice(this.at + 1, at);
        this.advance(at + 1);
        return { kind: 'text', text: inner, place, computed: inner.includes('${') };
      }
    }
    return undefined;
  }

  private readUntil(end: string, skip: number, place: Place): Omit<Token, 'first'> {
    const at = this.text.indexOf(end, this.at + skip);
    if (at < 0) throw this.refuse('A text never ends.');
    const inner = this.text.slice(this.at + skip, at);
    this.advance(at + end.length);
    return { kind: 'text', text: inner, place, computed: /\$[{\w]/.test(inner) };
  }

  private readQuoted(quote: string, place: Place): Omit<Token, 'first'> {
    const isLong = quote.length === 3;
    const computes = quote[0] === '"';
    let computed = false;
    let inner = '';
    let at = this.at + quote.length;
    for (; !this.text.startsWith(quote, at); ) {
      const sign = this.text[at];
      if (sign === undefined || (sign === '\n' && !isLong)) throw this.refuse('A text never ends.');
      if (sign === '\\') {
        inner += readEscape(this.text[at + 1] ?? '');
        at += 2;
      } else if (computes && sign === '$' && /[{\p{L}_]/u.test(this.text[at + 1] ?? '')) {
        computed = true;
        const end = this.text[at + 1] === '{' ? this.endOfExpression(at + 2) : at + 1;
        inner += this.text.slice(at, end);
        at = end;
      } else {
        inner += sign;
        at++;
      }
    }
    this.advance(at + quote.length);
    const inside = { ...place, column: place.column + quote.length };
    return { kind: 'text', text: inner, place: inside, ...(computed ? { computed } : {}) };
  }

  /** Behind the brace that closes `${`; braces in its own texts do not count. */
  private endOfExpression(from: number): number {
    let depth = 1;
    let quote: string | undefined;
    for (let at = from; at < this.text.length; at++) {
      const sign = this.text[at]!;
      if (sign === '\\') at++;
      else if (quote !== undefined) quote = sign === quote ? undefined : quote;
      else if (sign === "'" || sign === '"') quote = sign;
      else if (sign === '{') depth++;
      else if (sign === '}' && --depth === 0) return at + 1;
    }
    throw this.refuse('An expression in a text never ends.');
  }
}

function readEscape(sign: string): string {
  if (sign === '\n') return '';
  return { n: '\n', t: '\t', r: '\r' }[sign] ?? sign;
}
