import type { FailureClass } from '../execution/step-error.js';
import type { Strategy } from './strategy.js';

/** One kind of failure that people deal with in one way. Data: a row of a table, ours or a user's. */
export interface Category {
  /** Stable, snake_case: the names of the published study where it has one. */
  readonly id: string;
  readonly class: FailureClass;
  /** In a few words, for lists. */
  readonly title: string;
  /** What a person does about it. */
  readonly remediation: string;
  /** Globs over one line of a log (see glob.ts), in the wording of the tools. The more exact stand first. */
  readonly patterns: readonly string[];
  /** As these, but believed only where a log has nothing better: lines that many failures leave. */
  readonly weak?: readonly string[];
  /** How sure a line that matches is the cause, 1 to 100; 72 when absent. */
  readonly weight?: number;
  /** In place of its class's. */
  readonly strategy?: Strategy;
}

export const DEFAULT_WEIGHT = 72;
