import type { Json } from '../json.js';

/** One expression language: a row of the table in `dialects/table.ts`. No function here ever throws. */
export interface Language {
  analyse(source: string): Analysis;
  evaluate(source: string, scope: Scope): Evaluation;
}

/** What an expression refers to, or why it is none. `offset` counts UTF-16 units from the start of the source. */
export type Analysis =
  | { readonly ok: true; readonly references: References }
  | { readonly ok: false; readonly message: string; readonly offset: number };

export interface References {
  /** Inputs named as `inputs.x` or `inputs["x"]`. */
  readonly inputs: string[];
  /** Steps named as `steps.x` or `steps["x"]`. */
  readonly steps: string[];
  /** Free root identifiers, `inputs` and `steps` among them. Names of CEL's own types are none. */
  readonly names: string[];
  /** Calls `failed()`, `always()` or `succeeded()`. */
  readonly asksStatus: boolean;
  /** Uses `inputs` other than by a name that the source tells. */
  readonly inputsWhole: boolean;
  /** Uses `steps` other than by an id that the source tells. */
  readonly dynamicSteps: boolean;
}

/**
 * The world of one evaluation. Asked only for what the expression refers to. What it hands out is remembered by
 * identity, so a list or an object must not change after it was handed out.
 */
export interface Scope {
  /** Value of a root name (`inputs`, `run`, a loop variable); undefined where it is not in scope. */
  lookup(name: string): Json | undefined;
  /** `{ status, output, error, attempts }` of a step; undefined where there is no such step, absent where there is none. */
  step?(id: string): Json | undefined;
  /** Shared by all expressions that are asked within it; each takes from it, and what takes more than is left fails. */
  readonly budget?: Budget;
  /** Outcome of the needs, which `failed()` and `succeeded()` ask about; absent where they may not. */
  readonly needs?: { readonly failed: boolean; readonly rejected?: boolean };
}

/** Evaluation steps, whole or not. */
export interface Budget {
  left: number;
}

export type Evaluation =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly code: EvaluationFailureCode; readonly message: string };

export type EvaluationFailureCode =
  | 'expression-failed'
  | 'expression-too-costly'
  | 'expression-result-invalid';
