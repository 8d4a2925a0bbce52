import { type Ast, ExpressionError, MAX_SOURCE } from './syntax.js';
import { readTokens, Templates, type Token } from './tokens.js';

const MAX_DEPTH = 40;

/** Words for signs, as `normalized` spelling. */
const WORDS: Readonly<Record<string, string>> = {
  and: '&&',
  or: '||',
  eq: '==',
  equals: '==',
  is: '==',
  ne: '!=',
  neq: '!=',
  gt: '>',
  gte: '>=',
  ge: '>=',
  lt: '<',
  lte: '<=',
  le: '<=',
  in: 'in',
  contains: 'contains',
  includes: 'contains',
  startsWith: 'startsWith',
  startswith: 'startsWith',
  starts_with: 'startsWith',
  endsWith: 'endsWith',
  endswith: 'endsWith',
  ends_with: 'endsWith',
  matches: 'matches',
};

const LEVELS: readonly (readonly string[])[] = [
  ['??'],
  ['||'],
  ['&&'],
  [
    '==',
    '!=',
    'in',
    'not in',
    'contains',
    'not contains',
    'startsWith',
    'endsWith',
    'matches',
    'not matches',
  ],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

/** Reads an expression. Throws ExpressionError, never anything else. */
export function parseExpression(source: string, depth = 0, inTemplate = false): Ast {
  if (source.length > MAX_SOURCE) throw new ExpressionError('it is longer than 4,000 characters');
  if (depth > MAX_DEPTH) throw new ExpressionError('it nests too deep');
  return new ExpressionParser(readTokens(source), depth, inTemplate).parse();
}

/** Texts of which parts are templates; a text without any is one part. Throws ExpressionError. */
export function parseText(text: string, depth = 0): readonly (string | Ast)[] {
  const parts: (string | Ast)[] = [];
  const templates = new Templates(text);
  let literal = '';
  for (let at = 0; at < text.length; ) {
    const template = templates.at(at);
    if (template === undefined) {
      literal += text[at];
      at++;
      continue;
    }
    if (literal !== '') parts.push(literal);
    literal = '';
    parts.push(parseExpression(template.inner, depth + 1, true));
    at = template.end;
  }
  if (literal !== '' || parts.length === 0) parts.push(literal);
  return parts;
}

class ExpressionParser {
  private at = 0;
  private open = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly depth: number,
    private readonly inTemplate: boolean,
  ) {}

  parse(): Ast {
    const ast = this.readPipe();
    if (this.next.kind !== 'end')
      throw new ExpressionError(`\`${this.next.text}\` is not expected where it stands`);
    return ast;
  }

  private get next(): Token {
    return this.tokens[this.at]!;
  }

  private take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.at++;
    return token;
  }

  private accept(sign: string): boolean {
    if (this.next.kind !== 'sign' || this.next.text !== sign) return false;
    this.at++;
    return true;
  }

  private expect(sign: string): void {
    if (!this.accept(sign)) throw new ExpressionError(`\`${sign}\` is missing`);
  }

  /** `value | filter`, as templates have it. */
  private readPipe(): Ast {
    let ast = this.readChoice();
    while (this.inTemplate && this.accept('|')) {
      const name = this.take();
      if (name.kind !== 'name') throw new ExpressionError('the name of a filter is missing');
      const args = this.accept('(') ? this.readList(')') : [];
      ast = { kind: 'call', name: name.text, target: ast, args };
    }
    return ast;
  }

  private readChoice(): Ast {
    if (++this.open + this.depth > MAX_DEPTH) throw new ExpressionError('it nests too deep');
    const test = this.readLevel(0);
    this.open--;
    if (!this.accept('?')) return test;
    const then = this.readChoice();
    this.expect(':');
    return { kind: 'choice', test, then, otherwise: this.readChoice() };
  }

  private readLevel(level: number): Ast {
    const operators = LEVELS[level];
    if (operators === undefined) return this.readUnary();
    let left = this.readLevel(level + 1);
    for (;;) {
      const operator = this.acceptOperator(operators);
      if (operator === undefined) return left;
      const right = this.readLevel(level + 1);
      left = negated(operator, left, right);
    }
  }

  private acceptOperator(operators: readonly string[]): string | undefined {
    const { kind, text } = this.next;
    if (kind === 'sign') {
      const sign = SIGNS[text] ?? text;
      if (!operators.includes(sign)) return undefined;
      this.at++;
      return sign;
    }
    if (kind !== 'name') return undefined;
    const following = this.tokens[this.at + 1];
    if (text === 'is' && following?.kind === 'name' && following.text === 'not' && operators.includes('!=')) {
      this.at += 2;
      return '!=';
    }
    if (text === 'not' && following?.kind === 'name') {
      const word = `not ${word2(following.text)}`;
      if (!operators.includes(word)) return undefined;
      this.at += 2;
      return word;
    }
    const word = word2(text);
    if (word === '' || !operators.includes(word)) return undefined;
    // `contains(a, b)` is a call.
    this.at++;
    return word;
  }

  private readUnary(): Ast {
    const { kind, text } = this.next;
    if ((kind === 'sign' && text === '!') || (kind === 'name' && /^not$/i.test(text))) {
      if (++this.open + this.depth > MAX_DEPTH) throw new ExpressionError('it nests too deep');
      this.at++;
      const operand = text === '!' ? this.readUnary() : this.readLevel(3);
      this.open--;
      return { kind: 'not', operand };
    }
    if (kind === 'sign' && text === '-') {
      this.at++;
      return { kind: 'negative', operand: this.readPostfix() };
    }
    return this.readPostfix();
  }

  private readPostfix(): Ast {
    let ast = this.readPrimary();
    for (;;) {
      if (this.accept('.') || this.accept('?.')) {
        const member = this.take();
        if (member.kind !== 'name' && member.kind !== 'number')
          throw new ExpressionError('a name is missing after the dot');
        if (this.accept('('))
          ast = { kind: 'call', name: member.text, target: ast, args: this.readList(')') };
        else ast = select(ast, member.text);
      } else if (this.accept('[')) {
        const [index, ...more] = this.readList(']');
        if (
          index?.kind !== 'literal' ||
          more.length > 0 ||
          typeof index.value === 'boolean' ||
          index.value === null
        )
          throw new ExpressionError('only a number or a text may stand in `[ ]`');
        ast = select(ast, index.value);
      } else return ast;
    }
  }

  private readPrimary(): Ast {
    const token = this.take();
    switch (token.kind) {
      case 'number':
        return { kind: 'literal', value: Number(token.text) };
      case 'text': {
        const parts = parseText(token.text, this.depth + 1);
        const [only] = parts;
        return parts.length === 1 && typeof only === 'string'
          ? { kind: 'literal', value: only }
          : { kind: 'text', parts };
      }
      case 'open':
        return parseExpression(token.text, this.depth + 1, true);
      case 'name':
        return this.readName(token.text);
      default:
        if (token.text === '(') {
          const inner = this.readPipe();
          this.expect(')');
          return inner;
        }
        if (token.text === '[') return { kind: 'list', items: this.readList(']') };
        throw new ExpressionError(
          token.kind === 'end' ? 'it ends too early' : `\`${token.text}\` is not expected where it stands`,
        );
    }
  }

  private readName(name: string): Ast {
    if (this.accept('(')) return { kind: 'call', name, args: this.readList(')') };
    const constant = CONSTANTS[name.toLowerCase()];
    if (constant !== undefined && Object.hasOwn(CONSTANTS, name.toLowerCase()))
      return { kind: 'literal', value: constant.value };
    return { kind: 'path', members: [name], ...(this.inTemplate ? {} : { bare: true }) };
  }

  private readList(close: string): Ast[] {
    const items: Ast[] = [];
    if (this.accept(close)) return items;
    do items.push(this.readPipe());
    while (this.accept(','));
    this.expect(close);
    return items;
  }
}

const SIGNS: Readonly<Record<string, string>> = {
  '===': '==',
  '!==': '!=',
  '=~': 'matches',
  '!~': 'not matches',
  '=': '==',
};

const CONSTANTS: Readonly<Record<string, { readonly value: null | boolean }>> = {
  true: { value: true },
  false: { value: false },
  null: { value: null },
  undefined: { value: null },
  none: { value: null },
  nil: { value: null },
};

function word2(text: string): string {
  const key = Object.hasOwn(WORDS, text) ? text : text.toLowerCase();
  return Object.hasOwn(WORDS, key) ? WORDS[key]! : '';
}

function negated(operator: string, left: Ast, right: Ast): Ast {
  if (!operator.startsWith('not ')) return { kind: 'binary', operator, left, right };
  return { kind: 'not', operand: { kind: 'binary', operator: operator.slice(4), left, right } };
}

function select(ast: Ast, member: string | number): Ast {
  if (ast.kind === 'path') return { kind: 'path', members: [...ast.members, member] };
  throw new ExpressionError('a member may be asked of a name only');
}
