import type { Json } from '../../../json.js';

/** A jq program as a tree. */
export type Ast =
  | { readonly type: 'identity' }
  | { readonly type: 'recurse' }
  | { readonly type: 'literal'; readonly value: Json }
  | { readonly type: 'text'; readonly format: string; readonly parts: readonly (string | Ast)[] }
  | { readonly type: 'format'; readonly name: string }
  | { readonly type: 'index'; readonly of: Ast; readonly at: Ast }
  | { readonly type: 'slice'; readonly of: Ast; readonly from?: Ast; readonly to?: Ast }
  | { readonly type: 'iterate'; readonly of: Ast }
  | { readonly type: 'list'; readonly of?: Ast }
  | { readonly type: 'map'; readonly entries: readonly (readonly [Ast, Ast])[] }
  | { readonly type: 'pipe' | 'comma'; readonly left: Ast; readonly right: Ast }
  | { readonly type: 'and' | 'or'; readonly left: Ast; readonly right: Ast }
  | { readonly type: 'alternative'; readonly left: Ast; readonly right: Ast }
  | { readonly type: 'binary'; readonly operator: Operator; readonly left: Ast; readonly right: Ast }
  | { readonly type: 'negate'; readonly of: Ast }
  | { readonly type: 'assign'; readonly operator: Assignment; readonly left: Ast; readonly right: Ast }
  | { readonly type: 'if'; readonly condition: Ast; readonly then: Ast; readonly otherwise?: Ast }
  | { readonly type: 'try'; readonly body: Ast; readonly handler?: Ast }
  | {
      readonly type: 'reduce';
      readonly source: Ast;
      readonly pattern: Pattern;
      readonly init: Ast;
      readonly update: Ast;
    }
  | {
      readonly type: 'foreach';
      readonly source: Ast;
      readonly pattern: Pattern;
      readonly init: Ast;
      readonly update: Ast;
      readonly extract?: Ast;
    }
  | { readonly type: 'define'; readonly definition: Definition; readonly rest: Ast }
  | { readonly type: 'call'; readonly name: string; readonly args: readonly Ast[] }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'bind'; readonly source: Ast; readonly patterns: readonly Pattern[]; readonly body: Ast }
  | { readonly type: 'label'; readonly name: string; readonly body: Ast }
  | { readonly type: 'break'; readonly name: string };

export interface Definition {
  readonly name: string;
  /** `f`, or `$x` where the argument's values are bound. */
  readonly params: readonly string[];
  readonly body: Ast;
}

/** What `as` takes apart. */
export type Pattern =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'list'; readonly items: readonly Pattern[] }
  | {
      readonly type: 'map';
      readonly entries: readonly { readonly key: Ast; readonly name?: string; readonly value?: Pattern }[];
    };

export type Operator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Assignment = '=' | '|=' | '+=' | '-=' | '*=' | '/=' | '%=' | '//=';

/** Variables that a pattern binds. */
export function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'name':
      return [pattern.name];
    case 'list':
      return pattern.items.flatMap(namesIn);
    case 'map':
      return pattern.entries.flatMap(({ name, value }) => [
        ...(name === undefined ? [] : [name]),
        ...(value === undefined ? [] : namesIn(value)),
      ]);
  }
}

export class JqSyntaxError extends Error {
  constructor(
    message: string,
    /** UTF-16 units from the start of the source. */
    readonly offset: number,
  ) {
    super(message);
  }
}
