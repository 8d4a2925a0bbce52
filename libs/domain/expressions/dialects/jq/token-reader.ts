import { JqSyntaxError, type Operator } from './syntax.js';
import type { Token } from './tokens.js';

/** Deepest nesting of a program; well below what the stack takes. */
const MAX_DEPTH = 200;

/** A place among the tokens of a program: looks at what stands there, takes it, or refuses it. */
export abstract class TokenReader {
  protected at = 0;
  protected depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  protected get token(): Token {
    return this.tokens[this.at]!;
  }

  protected get next(): Token | undefined {
    return this.tokens[this.at + 1];
  }

  protected nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) throw new JqSyntaxError('it nests too deeply', this.token.offset);
    const result = read();
    this.depth--;
    return result;
  }

  protected isMark(text: string, ahead = 0): boolean {
    const token = this.tokens[this.at + ahead];
    return token?.type === 'mark' && token.text === text;
  }

  protected take(mark: string): boolean {
    if (!this.isMark(mark)) return false;
    this.at++;
    return true;
  }

  protected takeWord(word: string): boolean {
    const { token } = this;
    if (token.type !== 'name' || token.text !== word) return false;
    this.at++;
    return true;
  }

  protected takeOneOf(marks: ReadonlySet<string>): Operator | undefined {
    const { token } = this;
    if (token.type !== 'mark' || !marks.has(token.text)) return undefined;
    this.at++;
    return token.text as Operator;
  }

  protected require(mark: string): void {
    if (!this.take(mark)) this.refuse(mark);
  }

  protected requireWord(word: string): void {
    if (!this.takeWord(word)) this.refuse(word);
  }

  protected requireName(): string {
    const { token } = this;
    if (token.type !== 'name') return this.refuse('a name');
    this.at++;
    return token.text;
  }

  protected requireVariable(): string {
    const { token } = this;
    if (token.type !== 'variable') return this.refuse('a variable');
    this.at++;
    return token.text;
  }

  protected refuse(expected?: string): never {
    const { token } = this;
    const wanted = expected === undefined ? '' : `; \`${expected}\` was expected`;
    if (token.type === 'end') throw new JqSyntaxError(`it ends too early${wanted}`, token.offset);
    const shown = 'text' in token ? token.text : token.type;
    throw new JqSyntaxError(`\`${shown}\` stands where it means nothing${wanted}`, token.offset);
  }
}
