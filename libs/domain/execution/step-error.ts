import type { Strategy } from '../failures/strategy.js';
import type { Json } from '../json.js';

/**
 * Why a step failed, as later steps, people and programs see it.
 * `class` is broad and closed, for decisions; `code` names the exact case, stable, for programs.
 */
export interface StepError {
  readonly class: FailureClass;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** The step that failed first, when this error is a container's. */
  readonly step?: string;
  readonly details?: Json;
  /** What log and exit code tell, where the action itself only knew that something failed. */
  readonly diagnosis?: StepDiagnosis;
  /** The same in the form of RFC 9457, in runs whose definition speaks of errors in it. */
  readonly problem?: Problem;
}

/** Of one failed attempt; `docs/failures.md` has the categories. */
export interface StepDiagnosis {
  readonly class: FailureClass;
  readonly category: string;
  /** Number of the line in the attempt's log, from 1, and the line itself. */
  readonly line?: number;
  readonly text?: string;
  /** How sure the line is the cause, from 0 to 1. */
  readonly confidence: number;
  readonly remediation: string;
  readonly strategy: Strategy;
}

export interface Problem {
  readonly type: string;
  readonly status: number;
  readonly title?: string;
  readonly detail?: string;
  /** JSON Pointer to the part of the definition in which it arose. */
  readonly instance: string;
}

export const FAILURE_CLASSES = [
  'transient',
  'timeout',
  'rate-limit',
  'auth',
  'configuration',
  'resource',
  'test',
  'code',
  'infrastructure',
  'dependency',
  'canceled',
  'unknown',
] as const;

export type FailureClass = (typeof FAILURE_CLASSES)[number];
