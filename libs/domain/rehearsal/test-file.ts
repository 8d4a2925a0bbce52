import type { FinalStatus } from '../execution/command.js';
import type { SkipReason, StepStatus } from '../execution/state.js';
import type { StepError } from '../execution/step-error.js';
import type { Json, JsonObject } from '../json.js';
import type { Expression } from '../plan/plan.js';
import type { Answers } from './read-answers.js';

/** Tests of one definition, as read; see docs/testing.md. */
export interface TestFile {
  readonly tests: readonly TestCase[];
}

export interface TestCase extends Answers {
  readonly name: string;
  readonly line: number;
  readonly inputs: JsonObject;
  /** By key of a step, by its id, or by the name of an action; the first of these that is there is meant. */
  readonly mocks: ReadonlyMap<string, Mock>;
  /** Actions that are really done. */
  readonly allow: readonly string[];
  /** Milliseconds since the epoch at which the run starts. */
  readonly startsAt: number;
  readonly cancel?: { readonly afterMs: number; readonly compensate: boolean };
  readonly expect: Expectation;
}

/** What stands in for an action, or for a run of another workflow. */
export interface Mock {
  /** Each call takes the first that fits and was not taken yet; where there is none, the last that fits. */
  readonly replies: readonly Reply[];
}

export interface Reply {
  /** Asked about `input`, `step` and `attempt`. */
  readonly when?: Expression;
  readonly takesMs: number;
  readonly result: { readonly output: Json } | { readonly error: StepError; readonly retryable: boolean };
}

export const SETTLED_STATUSES = ['succeeded', 'failed', 'skipped', 'canceled', 'not-run'] as const;

type ExpectedStatus = Exclude<StepStatus, 'running'> | 'not-run';

export const RUN_ENDS: readonly FinalStatus[] = ['succeeded', 'rejected', 'failed', 'canceled'];

export interface Expectation {
  readonly status?: FinalStatus;
  /** Exactly. */
  readonly output?: Json;
  readonly error?: ExpectedError;
  /** Each must be true. */
  readonly check: readonly Expression[];
  /** By key, or by id: then of each of its instances. */
  readonly steps: ReadonlyMap<string, StepExpectation>;
  /** In each, one is over before the next begins. */
  readonly order: readonly (readonly string[])[];
  readonly notRun: readonly string[];
  /** Codes of what is wrong with the definition. */
  readonly findings?: readonly string[];
}

export interface ExpectedError {
  readonly code?: string;
  /** Part of the message. */
  readonly message?: string;
}

export interface StepExpectation {
  readonly status?: ExpectedStatus;
  readonly skipped?: SkipReason;
  readonly attempts?: number;
  /** Exactly, as resolved for the last attempt. */
  readonly input?: Json;
  readonly output?: Json;
  readonly error?: ExpectedError;
}
