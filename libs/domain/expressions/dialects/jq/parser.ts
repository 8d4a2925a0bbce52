import type { Assignment, Ast, Definition, Pattern } from './syntax.js';
import { TokenReader } from './token-reader.js';
import { tokenize } from './tokens.js';

/** Names that no function can have. */
const KEYWORDS = new Set(
  'and or if then elif else end as def reduce foreach try catch label import include __loc__'.split(' '),
);

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);
const ASSIGNMENTS = new Set(['=', '|=', '+=', '-=', '*=', '/=', '%=', '//=']);

export function parse(source: string): Ast {
  return new Parser(tokenize(source)).readProgram();
}

/** The definitions of a text that holds nothing else. */
export function parseDefinitions(source: string): readonly Definition[] {
  const definitions: Definition[] = [];
  let at = parse(`${source} .`);
  for (; at.type === 'define'; at = at.rest) definitions.push(at.definition);
  return definitions;
}

/** Recursive descent by the grammar of jq 1.7; a method per level of precedence, the loosest first. */
class Parser extends TokenReader {
  readProgram(): Ast {
    const program = this.readPipe();
    if (this.token.type !== 'end') this.refuse();
    return program;
  }

  private readPipe(): Ast {
    return this.nested(() => {
      if (this.takeWord('def')) return this.readDefine();
      if (this.takeWord('label')) {
        const name = this.requireVariable();
        this.require('|');
        return { type: 'label', name, body: this.readPipe() };
      }
      const left = this.readComma();
      return this.take('|') ? { type: 'pipe', left, right: this.readPipe() } : left;
    });
  }

  private readDefine(): Ast {
    const name = this.requireName();
    const params: string[] = [];
    if (this.take('(')) {
      do {
        params.push(this.token.type === 'variable' ? `$${this.requireVariable()}` : this.requireName());
      } while (this.take(';'));
      this.require(')');
    }
    this.require(':');
    const body = this.readPipe();
    this.require(';');
    const definition = { name, params, body };
    return { type: 'define', definition, rest: this.readPipe() };
  }

  private readComma(): Ast {
    let left = this.readAlternative();
    while (this.take(',')) left = { type: 'comma', left, right: this.readAlternative() };
    return left;
  }

  private readAlternative(): Ast {
    const left = this.readAssignment();
    return this.take('//')
      ? { type: 'alternative', left, right: this.nested(() => this.readAlternative()) }
      : left;
  }

  private readAssignment(): Ast {
    const left = this.readOr();
    const { token } = this;
    if (token.type !== 'mark' || !ASSIGNMENTS.has(token.text)) return left;
    this.at++;
    // `a = b // c` takes in the alternative, as jq's own grammar does for what stands right of an assignment.
    const right = this.readAlternative();
    return { type: 'assign', operator: token.text as Assignment, left, right };
  }

  private readOr(): Ast {
    let left = this.readAnd();
    while (this.takeWord('or')) left = { type: 'or', left, right: this.readAnd() };
    return left;
  }

  private readAnd(): Ast {
    let left = this.readComparison();
    while (this.takeWord('and')) left = { type: 'and', left, right: this.readComparison() };
    return left;
  }

  private readComparison(): Ast {
    const left = this.readSum();
    const operator = this.takeOneOf(COMPARISONS);
    if (operator === undefined) return left;
    const right = this.readSum();
    if (this.token.type === 'mark' && COMPARISONS.has(this.token.text)) this.refuse();
    return { type: 'binary', operator, left, right };
  }

  private readSum(): Ast {
    let left = this.readProduct();
    for (let operator = this.takeOneOf(SUMS); operator !== undefined; operator = this.takeOneOf(SUMS))
      left = { type: 'binary', operator, left, right: this.readProduct() };
    return left;
  }

  private readProduct(): Ast {
    let left = this.readSigned();
    for (let operator = this.takeOneOf(PRODUCTS); operator !== undefined; operator = this.takeOneOf(PRODUCTS))
      left = { type: 'binary', operator, left, right: this.readSigned() };
    return left;
  }

  private readSigned(): Ast {
    return this.take('-') ? { type: 'negate', of: this.nested(() => this.readSigned()) } : this.readPostfix();
  }

  /** A term, what stands behind it, and where it is bound to names all that sees them. */
  private readPostfix(): Ast {
    const term = this.readTerm();
    if (!this.takeWord('as')) return term;
    const patterns = [this.readPattern()];
    while (this.take('?//')) patterns.push(this.readPattern());
    this.require('|');
    return { type: 'bind', source: term, patterns, body: this.readPipe() };
  }

  private readTerm(): Ast {
    let term = this.nested(() => this.readPrimary());
    for (;;) {
      const { token } = this;
      if (token.type === 'field') {
        this.at++;
        term = { type: 'index', of: term, at: literal(token.text) };
      } else if (this.isMark('.') && this.next?.type === 'text') {
        this.at++;
        term = { type: 'index', of: term, at: this.readText('text') };
      } else if (this.isMark('.') && this.isMark('[', 1)) {
        this.at++;
      } else if (this.take('[')) term = this.readBrackets(term);
      else if (this.take('?')) term = { type: 'try', body: term };
      else return term;
    }
  }

  private readBrackets(of: Ast): Ast {
    if (this.take(']')) return { type: 'iterate', of };
    if (this.take(':')) {
      const to = this.readPipe();
      this.require(']');
      return { type: 'slice', of, to };
    }
    const at = this.readPipe();
    if (!this.take(':')) {
      this.require(']');
      return { type: 'index', of, at };
    }
    if (this.take(']')) return { type: 'slice', of, from: at };
    const to = this.readPipe();
    this.require(']');
    return { type: 'slice', of, from: at, to };
  }

  private readPrimary(): Ast {
    const { token } = this;
    switch (token.type) {
      case 'number':
        this.at++;
        return literal(token.value);
      case 'text':
        return this.readText('text');
      case 'format':
        this.at++;
        return this.token.type === 'text' ? this.readText(token.text) : { type: 'format', name: token.text };
      case 'field':
        this.at++;
        return { type: 'index', of: { type: 'identity' }, at: literal(token.text) };
      case 'variable':
        this.at++;
        return token.text === '__loc__'
          ? { type: 'literal', value: { file: '<top-level>', line: 1 } }
          : { type: 'variable', name: token.text };
      case 'name':
        return this.readWord(token.text);
      case 'mark':
        return this.readMarked(token.text);
      case 'end':
        return this.refuse();
    }
  }

  private readMarked(mark: string): Ast {
    this.at++;
    switch (mark) {
      case '.':
        return this.token.type === 'text'
          ? { type: 'index', of: { type: 'identity' }, at: this.readText('text') }
          : { type: 'identity' };
      case '..':
        return { type: 'recurse' };
      case '(': {
        const inner = this.readPipe();
        this.require(')');
        return inner;
      }
      case '[': {
        if (this.take(']')) return { type: 'list' };
        const of = this.readPipe();
        this.require(']');
        return { type: 'list', of };
      }
      case '{':
        return this.readMap();
      default:
        this.at--;
        return this.refuse();
    }
  }

  private readWord(word: string): Ast {
    switch (word) {
      case 'if':
        this.at++;
        return this.readIf();
      case 'try': {
        this.at++;
        const body = this.readTry();
        return this.takeWord('catch')
          ? { type: 'try', body, handler: this.readTry() }
          : { type: 'try', body };
      }
      case 'reduce':
      case 'foreach':
        this.at++;
        return this.readFold(word);
      case 'def':
        this.at++;
        return this.readDefine();
      case 'break':
        if (this.next?.type !== 'variable') break;
        this.at++;
        return { type: 'break', name: this.requireVariable() };
    }
    if (KEYWORDS.has(word)) this.refuse();
    this.at++;
    if (word === 'null') return literal(null);
    if (word === 'true' || word === 'false') return literal(word === 'true');
    const args: Ast[] = [];
    if (this.take('(')) {
      do args.push(this.readPipe());
      while (this.take(';'));
      this.require(')');
    }
    return { type: 'call', name: word, args };
  }

  private readTry(): Ast {
    return this.nested(() => (this.take('-') ? { type: 'negate', of: this.readTry() } : this.readTerm()));
  }

  private readIf(): Ast {
    const condition = this.readPipe();
    this.requireWord('then');
    const then = this.readPipe();
    if (this.takeWord('elif'))
      return { type: 'if', condition, then, otherwise: this.nested(() => this.readIf()) };
    if (this.takeWord('else')) {
      const otherwise = this.readPipe();
      this.requireWord('end');
      return { type: 'if', condition, then, otherwise };
    }
    this.requireWord('end');
    return { type: 'if', condition, then };
  }

  private readFold(word: 'reduce' | 'foreach'): Ast {
    const source = this.readTerm();
    this.requireWord('as');
    const pattern = this.readPattern();
    this.require('(');
    const init = this.readPipe();
    this.require(';');
    const update = this.readPipe();
    const extract = word === 'foreach' && this.take(';') ? this.readPipe() : undefined;
    this.require(')');
    if (word === 'reduce') return { type: 'reduce', source, pattern, init, update };
    return { type: 'foreach', source, pattern, init, update, ...(extract === undefined ? {} : { extract }) };
  }

  private readPattern(): Pattern {
    return this.nested(() => {
      if (this.token.type === 'variable') return { type: 'name', name: this.requireVariable() };
      if (this.take('[')) {
        const items: Pattern[] = [];
        do items.push(this.readPattern());
        while (this.take(','));
        this.require(']');
        return { type: 'list', items };
      }
      this.require('{');
      const entries: Extract<Pattern, { type: 'map' }>['entries'][number][] = [];
      do entries.push(this.readPatternEntry());
      while (this.take(','));
      this.require('}');
      return { type: 'map', entries };
    });
  }

  private readPatternEntry(): Extract<Pattern, { type: 'map' }>['entries'][number] {
    if (this.token.type === 'variable') {
      const name = this.requireVariable();
      const key = literal(name);
      return this.take(':') ? { key, name, value: this.readPattern() } : { key, name };
    }
    const key = this.readKey();
    this.require(':');
    return { key, value: this.readPattern() };
  }

  private readMap(): Ast {
    const entries: (readonly [Ast, Ast])[] = [];
    if (this.take('}')) return { type: 'map', entries };
    do {
      if (this.isMark('}')) break;
      entries.push(this.readEntry());
    } while (this.take(','));
    this.require('}');
    return { type: 'map', entries };
  }

  private readEntry(): readonly [Ast, Ast] {
    if (this.token.type === 'variable') {
      const name = this.requireVariable();
      const value: Ast =
        name === '__loc__'
          ? { type: 'literal', value: { file: '<top-level>', line: 1 } }
          : { type: 'variable', name };
      if (this.take(':')) return [value, this.readValue()];
      return [literal(name), value];
    }
    const computed = this.isMark('(');
    const key = this.readKey();
    if (this.take(':')) return [key, this.readValue()];
    if (computed) this.refuse();
    return [key, { type: 'index', of: { type: 'identity' }, at: key }];
  }

  private readKey(): Ast {
    const { token } = this;
    if (token.type === 'name') {
      this.at++;
      return literal(token.text);
    }
    if (token.type === 'text') return this.readText('text');
    if (token.type === 'number') {
      this.at++;
      return literal(token.value);
    }
    if (token.type === 'format' && this.next?.type === 'text') {
      this.at++;
      return this.readText(token.text);
    }
    this.require('(');
    const key = this.readPipe();
    this.require(')');
    return key;
  }

  /** Of a map's entry: no comma, but a pipe. */
  private readValue(): Ast {
    return this.nested(() => {
      const left = this.readAlternative();
      return this.take('|') ? { type: 'pipe', left, right: this.readValue() } : left;
    });
  }

  private readText(format: string): Ast {
    const { token } = this;
    if (token.type !== 'text') return this.refuse();
    this.at++;
    if (token.parts.length === 1) return literal(token.parts[0] as string);
    const parts = token.parts.map((part) => {
      if (typeof part === 'string') return part;
      const inner = new Parser(part);
      inner.depth = this.depth + 1;
      return inner.readProgram();
    });
    return { type: 'text', format, parts };
  }
}

const SUMS = new Set(['+', '-']);
const PRODUCTS = new Set(['*', '/', '%']);

function literal(value: string | number | boolean | null): Ast {
  return { type: 'literal', value };
}
