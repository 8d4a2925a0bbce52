import type { FailureClass } from '../execution/step-error.js';
import type { Strategy } from './strategy.js';

/** Why something failed, as far as its log, its exit code and its error tell. */
export interface Diagnosis {
  readonly class: FailureClass;
  readonly category: string;
  readonly title: string;
  /** Number of the line in the log, from 1; absent where no line tells anything. */
  readonly line?: number;
  /** The line without terminal sequences, cut to 400 characters. */
  readonly text?: string;
  /** How sure the line is the cause, from 0 to 1. */
  readonly confidence: number;
  readonly remediation: string;
  readonly strategy: Strategy;
  /** Lines around it. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Lines read. */
  readonly lines: number;
}
