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
  /** The same in the form of RFC 9457, in runs whose definition speaks of errors in it. */
  readonly problem?: Problem;
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
