import type { Json, JsonObject } from '../json.js';

/** A definition after `parse` and `validate`: what its author wrote, typed, names not yet resolved. */
export interface Definition {
  readonly sluice: 1;
  readonly name: string;
  readonly description?: string;
  /** JSON Schema (2020-12) per input; one without `default` is required. */
  readonly inputs: Readonly<Record<string, JsonObject>>;
  readonly defaults: { readonly timeout?: string; readonly retry?: RetryDefinition };
  /** In written order. */
  readonly stages: ReadonlyMap<string, StageDefinition>;
  /** Template of the run's output. */
  readonly output?: Json;
}

export interface RetryDefinition {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  readonly delay?: string;
  readonly factor?: number;
  readonly maxDelay?: string;
}

/** Keys that every node has, with the same meaning everywhere. */
export interface CommonKeys {
  readonly id: string;
  readonly name?: string;
  /** Undefined: waits for the node above it. */
  readonly needs?: readonly string[];
  /** Bare CEL. */
  readonly if?: string;
  /** Limit of one attempt. */
  readonly timeout?: string;
  readonly retry?: RetryDefinition;
  readonly onFailure?: OnFailure;
}

export type OnFailure = 'fail' | 'continue';

/** Steps in written order, by id. */
export type StepsDefinition = ReadonlyMap<string, StepDefinition>;

export interface StageDefinition extends CommonKeys {
  readonly kind: 'stage';
  readonly steps: StepsDefinition;
}

/** One row per kind; adding a kind here makes every table that lacks it fail to compile. */
export interface StepKinds {
  readonly uses: { readonly uses: string; readonly with: JsonObject };
  readonly forEach: {
    readonly forEach: {
      /** A list, or a template that yields one. */
      readonly in: Json;
      readonly as: string;
      /** Iterations at once; no limit but the platform's when absent. */
      readonly limit?: number;
      readonly failFast: boolean;
      readonly steps: StepsDefinition;
    };
  };
  readonly parallel: {
    readonly parallel: {
      readonly limit?: number;
      readonly failFast: boolean;
      /** Steps of each branch, by the branch's name, in written order. */
      readonly branches: ReadonlyMap<string, StepsDefinition>;
    };
  };
  readonly switch: {
    /** First whose `if` (bare CEL) is true; a last one without `if` is the default. */
    readonly switch: readonly { readonly if?: string; readonly steps: StepsDefinition }[];
  };
  readonly set: { readonly set: JsonObject };
  readonly wait: {
    /** Exactly one: a duration, or a moment (RFC 3339). Either may be a template. */
    readonly wait: { readonly for: string } | { readonly until: string };
  };
  readonly raise: { readonly raise: { readonly error: string; readonly message: string } };
}

export type StepKind = keyof StepKinds;

export type StepDefinitionOf<K extends StepKind> = CommonKeys & { readonly kind: K } & StepKinds[K];

export type StepDefinition = { [K in StepKind]: StepDefinitionOf<K> }[StepKind];
