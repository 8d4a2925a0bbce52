import type { Place } from '../pipeline.js';
import { MAX_DEPTH, type Reading } from '../reading/context.js';
import { Refusal } from '../unread.js';
import type { Call, Expression, MapEntry, Statement } from './syntax.js';
import { readTokens, type Token } from './tokens.js';

const CONTROLS = ['if', 'else', 'for', 'while', 'try', 'catch', 'finally', 'switch', 'do', 'synchronized'];
const MODIFIERS = [
  'def',
  'final',
  'static',
  'public',
  'private',
  'protected',
  'var',
  'return',
  'throw',
  'new',
];

/** The statements of a file. Throws Refusal where brackets do not pair, or nest too deep. */
export function parseGroovy(text: string, reading: Reading): readonly Statement[] {
  return new Parser(readTokens(text, reading)).file();
}

/** Reads each token once; what it does not understand is kept as the operands that stand there. */
class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  file(): readonly Statement[] {
    const statements = this.statements();
    if (this.next.kind !== 'end') throw this.refuse('A bracket closes that was not opened.');
    return statements;
  }

  private get next(): Token {
    return this.tokens[this.at]!;
  }

  private is(sign: string): boolean {
    return this.next.kind === 'sign' && this.next.text === sign;
  }

  private take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.at++;
    return token;
  }

  private skip(sign: string): boolean {
    const found = this.is(sign);
    if (found) this.at++;
    return found;
  }

  private refuse(message: string, place: Place = this.next.place): Refusal {
    return new Refusal('syntax-wrong', place, message);
  }

  private statements(): Statement[] {
    const found: Statement[] = [];
    while (this.next.kind !== 'end' && !this.is('}')) {
      const before = this.at;
      if (this.skip(';')) continue;
      found.push(...this.statement());
      // A closing bracket that nobody opened.
      if (this.at === before) throw this.refuse('A bracket closes that was not opened.');
    }
    return found;
  }

  private within<T>(open: Token, read: () => T, end: string): T {
    if (++this.depth > MAX_DEPTH) throw new Refusal('nesting-too-deep', open.place);
    const inner = read();
    if (!this.skip(end)) throw this.refuse(`\`${open.text}\` is not closed.`, open.place);
    this.depth--;
    return inner;
  }

  private block(): Statement[] {
    const open = this.take();
    this.parameters();
    return this.within(open, () => this.statements(), '}');
  }

  /** `a, b ->` of a closure. */
  private parameters(): void {
    let at = this.at;
    while (this.tokens[at]!.kind === 'word' || /^[,=<>[\]?]$|^\.\.\.$/.test(this.tokens[at]!.text)) {
      if (this.tokens[at]!.kind === 'text') break;
      at++;
    }
    const arrow = this.tokens[at]!;
    if (arrow.kind === 'sign' && arrow.text === '->') this.at = at + 1;
  }

  private statement(): readonly Statement[] {
    const { kind, text, place } = this.next;
    if (kind === 'word' && CONTROLS.includes(text)) return [this.control()];
    if (kind === 'word' && text === 'import') {
      this.restOfLine();
      return [];
    }
    if (kind === 'word' && (text === 'case' || text === 'default')) return this.label();
    const from = this.at;
    while (this.next.kind === 'word' && MODIFIERS.includes(this.next.text)) this.take();
    if (this.isDeclared()) this.take();
    const isDeclared = this.at > from && text !== 'return';
    const target = this.expression();
    if (isDeclared && target.kind === 'call' && target.call.block !== undefined)
      return [{ kind: 'function', name: target.call.name, body: target.call.block }];
    if (this.is('=') || this.is('+=') || this.is('<<')) return [this.assignment(target, place)];
    return [this.finish(target)];
  }

  /** `String name = …`, `int i`, `void build(String a) {`. */
  private isDeclared(): boolean {
    const [type, name, sign] = [this.next, this.tokens[this.at + 1], this.tokens[this.at + 2]];
    if (type.kind !== 'word' || name?.kind !== 'word' || name.first || sign?.kind !== 'sign') return false;
    return sign.text === '=' || (sign.text === '(' && /^[A-Zv]/.test(type.text));
  }

  /** `case 'a':` of a switch. */
  private label(): readonly Statement[] {
    this.take();
    const value = this.is(':') ? undefined : this.operand();
    if (!this.skip(':')) return value === undefined ? [] : [{ kind: 'loose', value }];
    return [];
  }

  private restOfLine(): void {
    this.take();
    while (!this.next.first && this.next.kind !== 'end') this.take();
  }

  private control(): Statement {
    const word = this.take();
    const condition = this.is('(') ? this.parenthesised() : [];
    const body = this.is('{') ? this.block() : this.is('}') ? [] : this.statement();
    return { kind: 'control', word: word.text, condition, body, place: word.place };
  }

  private parenthesised(): readonly Expression[] {
    const open = this.take();
    return this.within(open, () => this.loosely(')'), ')');
  }

  /** Expressions between anything, until the bracket that closes. */
  private loosely(end: string): Expression[] {
    const found: Expression[] = [];
    while (!this.is(end) && this.next.kind !== 'end') {
      const before = this.at;
      found.push(this.expression(true));
      if (this.at === before) {
        if (/^[)\]}]$/.test(this.next.text)) throw this.refuse('Brackets do not pair.');
        this.take();
      }
    }
    return found;
  }

  private assignment(target: Expression, place: Place): Statement {
    this.take();
    const plain = this.expression();
    const value: Expression =
      plain.kind === 'name' && this.takesArguments()
        ? { kind: 'call', call: this.command(plain), place }
        : plain;
    if (target.kind === 'name')
      return { kind: 'assignment', name: target.name, isPart: false, key: undefined, value, place };
    const [base, key] = target.kind === 'other' ? target.parts : [];
    if (base?.kind !== 'name') return { kind: 'loose', value };
    const known = key?.kind === 'text' && !key.computed ? key.text : undefined;
    return { kind: 'assignment', name: base.name, isPart: true, key: known, value, place };
  }

  private takesArguments(): boolean {
    const { first, kind } = this.next;
    return !first && kind !== 'end' && (kind !== 'sign' || this.is('['));
  }

  /** A name before what may be arguments without brackets is a call. */
  private finish(value: Expression): Statement {
    if (value.kind === 'name' && this.takesArguments()) return { kind: 'call', call: this.command(value) };
    if (value.kind === 'call') {
      // `stage('a')` before a block that begins on a line of its own.
      const call =
        this.is('{') && value.call.block === undefined ? { ...value.call, block: this.block() } : value.call;
      return { kind: 'call', call };
    }
    if (value.kind === 'name')
      return { kind: 'call', call: { name: value.name, place: value.place, args: [], named: [] } };
    return { kind: 'loose', value };
  }

  /** `sh script: 'make', returnStatus: true`, `parallel a: { }, b: { }`. */
  private command({ name, place }: Extract<Expression, { kind: 'name' }>): Call {
    const args: Expression[] = [];
    const named: MapEntry[] = [];
    do this.argument(args, named);
    while (this.skip(','));
    const last = args.at(-1);
    const isTrailing = last?.kind === 'closure' && args.length > 1;
    return {
      name,
      place,
      args: isTrailing ? args.slice(0, -1) : args,
      named,
      ...(isTrailing
        ? { block: last.body }
        : this.is('{') && !this.next.first
          ? { block: this.block() }
          : {}),
    };
  }

  private argument(args: Expression[], named: MapEntry[]): void {
    const { place } = this.next;
    const key = this.key();
    if (key === undefined) args.push(this.expression());
    else named.push({ key: key.text, place, value: this.expression() });
  }

  /** `name:` or `'name':`, which is taken; `(computed):` has no text. */
  private key(): { readonly text: string | undefined } | undefined {
    const [token, colon] = [this.next, this.tokens[this.at + 1]];
    if (colon?.kind !== 'sign' || colon.text !== ':') return undefined;
    if (token.kind === 'sign' || token.kind === 'end') return undefined;
    this.at += 2;
    return { text: token.computed === true ? undefined : token.text };
  }

  /** Operands and operators, to the end of the line or to what separates; `loose` takes colons too. */
  private expression(loose = false): Expression {
    const { place } = this.next;
    const first = this.operand();
    if (first === undefined) return { kind: 'other', parts: [], place };
    const parts = [first];
    let joined = true;
    let asks = loose;
    while (this.isOperator(asks)) {
      const operator = this.take().text;
      joined &&= operator === '+';
      asks ||= operator === '?';
      const operand = this.operand();
      if (operand !== undefined) parts.push(operand);
    }
    if (parts.length === 1) return first;
    return joined && first.kind === 'text' ? join(parts, place) : { kind: 'other', parts, place };
  }

  /** A colon belongs to a question before it. */
  private isOperator(asks: boolean): boolean {
    const { kind, text, first } = this.next;
    if (kind === 'word') return !first && ['in', 'as', 'instanceof'].includes(text);
    if (kind !== 'sign' || /^([,;)[\]}{]|=|\+=|->)$/.test(text)) return false;
    if (text === ':') return asks;
    // A line that begins with an operator goes on from the one before.
    return !first || /^(\?|\?:|&&|\|\||\+|==|\.)$/.test(text);
  }

  private operand(): Expression | undefined {
    while (this.next.kind === 'sign' && /^(!|-|~|\+\+|--|\*)$/.test(this.next.text)) this.take();
    const base = this.primary();
    return base === undefined ? undefined : this.suffixes(base);
  }

  private primary(): Expression | undefined {
    const { kind, text, place, computed } = this.next;
    if (kind === 'text') {
      this.take();
      return { kind: 'text', text, computed: computed === true, place };
    }
    if (kind === 'number') {
      this.take();
      return { kind: 'number', text, place };
    }
    if (kind === 'word') {
      this.take();
      if (text === 'new' && this.next.kind === 'word') return this.primary();
      return { kind: 'name', name: text, place };
    }
    if (this.is('[')) return this.listOrMap();
    if (this.is('{')) return { kind: 'closure', body: this.block(), place };
    if (!this.is('(')) return undefined;
    const parts = this.parenthesised();
    return parts.length === 1 ? parts[0]! : { kind: 'other', parts, place };
  }

  /** `.name`, `(…)`, `{ … }` and `[…]` behind a value. */
  private suffixes(base: Expression): Expression {
    let value = base;
    for (;;) {
      const { place } = this.next;
      if (this.is('.') || this.is('?.') || this.is('*.')) {
        this.take();
        value = this.member(value, place);
      } else if (this.is('(') && !this.next.first && isCallable(value)) value = this.called(value);
      else if (this.is('{') && !this.next.first && isCallable(value)) {
        value = { kind: 'call', call: { ...callOf(value), block: this.block() }, place: value.place };
        // What follows a block is a sentence of its own, unless it goes on with a point.
        if (!this.is('.') && !this.is('?.')) return value;
      } else if (this.is('[') && !this.next.first && value.kind !== 'text' && isGlued(this.tokens, this.at)) {
        const index = this.listOrMap();
        value = {
          kind: 'other',
          parts: [value, ...(index.kind === 'list' ? index.items : [])],
          place: value.place,
        };
      } else if (this.is('++') || this.is('--')) this.take();
      else return value;
    }
  }

  private member(on: Expression, place: Place): Expression {
    const name = this.next.kind === 'word' || this.next.kind === 'text' ? this.take().text : '';
    if (on.kind === 'name') return { kind: 'name', name: `${on.name}.${name}`, place: on.place };
    // A method of a value is no step.
    const before = on.kind === 'call' ? on.call.name : '';
    return {
      kind: 'call',
      call: { name: `${before}.${name}`, place, args: [], named: [], on },
      place: on.place,
    };
  }

  private called(value: Expression): Expression {
    const open = this.take();
    const args: Expression[] = [];
    const named: MapEntry[] = [];
    this.within(
      open,
      () => {
        while (!this.is(')') && this.next.kind !== 'end') {
          const before = this.at;
          this.argument(args, named);
          if (!this.skip(',') && this.at === before) throw this.refuse('Brackets do not pair.');
        }
      },
      ')',
    );
    return { kind: 'call', call: { ...callOf(value), args, named }, place: value.place };
  }

  private listOrMap(): Expression {
    const open = this.take();
    const items: Expression[] = [];
    const entries: MapEntry[] = [];
    this.within(
      open,
      () => {
        while (!this.is(']') && this.next.kind !== 'end') {
          const before = this.at;
          if (this.is(':')) this.take();
          else this.argument(items, entries);
          if (!this.skip(',') && this.at === before) throw this.refuse('Brackets do not pair.');
        }
      },
      ']',
    );
    return entries.length > 0
      ? { kind: 'map', entries, place: open.place }
      : { kind: 'list', items, place: open.place };
  }
}

/** A list behind a blank is an argument: `archive [a: 1]`. */
function isGlued(tokens: readonly Token[], at: number): boolean {
  const [before, open] = [tokens[at - 1], tokens[at]!];
  if (before === undefined || before.place.line !== open.place.line) return false;
  if (before.kind === 'text') return false;
  return before.place.column + before.text.length === open.place.column;
}

function isCallable(value: Expression): boolean {
  return value.kind === 'name' || (value.kind === 'call' && value.call.block === undefined);
}

function callOf(value: Expression): Call {
  if (value.kind === 'call') return value.call;
  return { name: value.kind === 'name' ? value.name : '', place: value.place, args: [], named: [] };
}

function join(parts: readonly Expression[], place: Place): Expression {
  const isText = parts.every((part) => part.kind === 'text');
  const text = parts.map((part) => (part.kind === 'text' ? part.text : '${…}')).join('');
  const computed = !isText || parts.some((part) => part.kind === 'text' && part.computed);
  return { kind: 'text', text, computed, place };
}
