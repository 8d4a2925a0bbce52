import type { Json } from '../../../json.js';
import type { Ast, Definition } from './syntax.js';

/** Names in scope, the innermost first. */
export type Environment = Frame | undefined;

export type Frame =
  | { readonly kind: 'value'; readonly key: string; readonly value: Json; readonly outer: Environment }
  | { readonly kind: 'label'; readonly key: string; readonly label: object; readonly outer: Environment }
  /** A function's body sees itself: its environment is this frame. */
  | {
      readonly kind: 'function';
      readonly key: string;
      readonly definition: Definition;
      readonly outer: Environment;
    }
  | {
      readonly kind: 'closure';
      readonly key: string;
      readonly closure: Closure;
      readonly outer: Environment;
    };

/** A filter handed over as an argument, with the names that it sees. */
export interface Closure {
  readonly body: Ast;
  readonly environment: Environment;
}

export function find(environment: Environment, key: string): Frame | undefined {
  for (let at = environment; at !== undefined; at = at.outer) if (at.key === key) return at;
  return undefined;
}

export function bindValue(outer: Environment, name: string, value: Json): Environment {
  return { kind: 'value', key: `$${name}`, value, outer };
}

export function functionKey(name: string, count: number): string {
  return `${name}/${count}`;
}
