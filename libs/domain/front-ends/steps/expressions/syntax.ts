/** A small expression as home-grown engines write conditions: JavaScript's operators, or words for them. */
export type Ast =
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string }
  /** `bare`: stands outside of `{{ }}` and is one word, so that it may be meant as text. */
  | { readonly kind: 'path'; readonly members: readonly (string | number)[]; readonly bare?: boolean }
  | { readonly kind: 'call'; readonly name: string; readonly target?: Ast; readonly args: readonly Ast[] }
  | { readonly kind: 'not'; readonly operand: Ast }
  | { readonly kind: 'negative'; readonly operand: Ast }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Ast; readonly right: Ast }
  | { readonly kind: 'choice'; readonly test: Ast; readonly then: Ast; readonly otherwise: Ast }
  | { readonly kind: 'list'; readonly items: readonly Ast[] }
  /** A text in which expressions stand. */
  | { readonly kind: 'text'; readonly parts: readonly (string | Ast)[] };

export class ExpressionError extends Error {}

/** Longer ones are refused before they are looked at. */
export const MAX_SOURCE = 4_000;
