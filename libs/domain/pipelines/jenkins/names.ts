import type { Call, Expression, Statement } from './syntax.js';

/** What the file itself says of its names: texts and maps that are assigned once, and functions. */
export class Names {
  private readonly values = new Map<string, Expression | undefined>();
  readonly functions = new Map<string, readonly Statement[]>();
  /** Branches that are put into a map one by one: `builds['a'] = { … }`. */
  readonly branches = new Map<string, { readonly key: string | undefined; readonly value: Expression }[]>();

  constructor(statements: readonly Statement[]) {
    this.gather(statements);
  }

  /** The text of an expression; undefined where it is computed. */
  text(expression: Expression | undefined): string | undefined {
    if (expression === undefined) return undefined;
    if (expression.kind === 'text') return expression.computed ? undefined : expression.text;
    if (expression.kind === 'number') return expression.text;
    if (expression.kind === 'name') {
      if (expression.name === 'true' || expression.name === 'false') return expression.name;
      const value = this.values.get(expression.name);
      return value?.kind === 'text' || value?.kind === 'number' ? this.text(value) : undefined;
    }
    return undefined;
  }

  /** What a name stands for; anything else is itself. */
  value(expression: Expression | undefined): Expression | undefined {
    if (expression?.kind !== 'name') return expression;
    return this.values.get(expression.name) ?? expression;
  }

  private gather(statements: readonly Statement[]): void {
    for (const statement of statements) {
      if (statement.kind === 'function') this.functions.set(statement.name, statement.body);
      else if (statement.kind === 'assignment') this.assign(statement);
      for (const inner of blocksOf(statement)) this.gather(inner);
    }
  }

  private assign({ name, key, isPart, value }: Extract<Statement, { kind: 'assignment' }>): void {
    if (isPart) {
      const same = this.branches.get(name) ?? [];
      same.push({ key, value });
      this.branches.set(name, same);
    } else this.values.set(name, this.values.has(name) ? undefined : value);
  }
}

/** The blocks that a statement holds, those in its expressions included. */
export function blocksOf(statement: Statement): readonly (readonly Statement[])[] {
  switch (statement.kind) {
    case 'call':
      return blocksOfCall(statement.call);
    case 'control':
      return [statement.body, ...statement.condition.flatMap(blocksOfExpression)];
    case 'function':
      return [statement.body];
    default:
      return blocksOfExpression(statement.value);
  }
}

function blocksOfCall({ args, named, block, on }: Call): readonly (readonly Statement[])[] {
  return [
    ...(on === undefined ? [] : blocksOfExpression(on)),
    ...args.flatMap(blocksOfExpression),
    ...named.flatMap(({ value }) => blocksOfExpression(value)),
    ...(block === undefined ? [] : [block]),
  ];
}

function blocksOfExpression(expression: Expression): readonly (readonly Statement[])[] {
  switch (expression.kind) {
    case 'closure':
      return [expression.body];
    case 'list':
      return expression.items.flatMap(blocksOfExpression);
    case 'map':
      return expression.entries.flatMap(({ value }) => blocksOfExpression(value));
    case 'call':
      return blocksOfCall(expression.call);
    case 'other':
      return expression.parts.flatMap(blocksOfExpression);
    default:
      return [];
  }
}
