import type { StepError } from '#domain/execution/step-error.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { Finding } from '#domain/validation/finding.js';

/** REST under /api/v1. Times are RFC 3339, UTC. Only additions. */

/** POST /workflows answers 201 (new workflow), 200 (same digest as the latest version, or a new version). */
export interface WorkflowView {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly description?: string;
  readonly latestVersion: number;
  readonly digest: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Warnings found while saving. */
  readonly findings?: readonly Finding[];
}

export interface WorkflowVersionView {
  readonly workflowId: string;
  readonly version: number;
  readonly digest: string;
  readonly createdAt: string;
  readonly createdBy: string;
  /** The text as sent. */
  readonly source: string;
  readonly format: 'yaml' | 'json';
}

/** POST /workflows/{id}/execute; header Idempotency-Key optional. Answers 202 with a RunView. */
export interface ExecuteRequest {
  readonly inputs?: JsonObject;
  /** Version number; the latest when absent. */
  readonly version?: number;
}

/** `queued`: accepted, not yet handed to Temporal. */
export type RunViewStatus = 'queued' | 'running' | 'canceling' | 'succeeded' | 'failed' | 'canceled';

export const FINAL_RUN_STATUSES: readonly RunViewStatus[] = ['succeeded', 'failed', 'canceled'];

export interface RunView {
  readonly id: string;
  readonly project: string;
  readonly workflowId: string;
  readonly workflow: string;
  readonly version: number;
  readonly status: RunViewStatus;
  readonly trigger: 'api';
  readonly startedBy: string;
  readonly inputs: JsonObject;
  readonly output?: Json;
  readonly error?: StepError;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly cancel?: { readonly by: string; readonly reason?: string; readonly at: string };
  readonly progress: { readonly settled: number; readonly total: number };
  /** Temporal workflow id, for the Temporal Web UI. */
  readonly temporalWorkflowId: string;
  /** The run's page there, where the server knows the address. */
  readonly temporalUrl?: string;
}

export type StepViewStatus = 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'canceled';

/** GET /runs/{id}/steps: every step of the plan in written order, instances of loops after it. */
export interface StepView {
  /** Step key: `deploy`, `deploy[2]`. */
  readonly key: string;
  readonly id: string;
  readonly name?: string;
  readonly kind: string;
  readonly action?: string;
  /** Id of the container. */
  readonly parent?: string;
  readonly depth: number;
  readonly status: StepViewStatus;
  readonly skipped?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly output?: Json;
  readonly error?: StepError;
  readonly attempts: readonly AttemptView[];
}

export interface AttemptView {
  readonly attempt: number;
  readonly status: 'running' | 'succeeded' | 'failed' | 'canceled' | 'lost';
  readonly worker: string;
  readonly rebuild: boolean;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly error?: StepError;
}

/** GET /runs/{id}/logs?step=&attempt=&after=&limit= : in order of arrival; `next` continues. */
export interface LogView {
  readonly cursor: string;
  readonly step: string;
  readonly attempt: number;
  readonly line: number;
  readonly at: string;
  readonly stream: string;
  readonly text: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; absent on the last page. */
  readonly next?: string;
}

/**
 * GET /runs/{id}/events: Server-Sent Events, resumable by Last-Event-ID.
 * `run` data: RunView; `step` data: StepView without output; `log` data: LogView; `end` data: RunView, then it closes.
 */
export type RunStreamEvent = 'run' | 'step' | 'log' | 'end';

/** POST /runs/{id}/cancel. Answers 202 with a RunView. */
export interface CancelRequest {
  readonly reason?: string;
}

/** RFC 9457, media type application/problem+json. */
export interface Problem {
  /** `https://sluice.dev/problems/<code>` */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly hint?: string;
  readonly correlationId: string;
  /** With code `definition-invalid`. */
  readonly findings?: readonly Finding[];
  /** With code `request-invalid`, `inputs-invalid`. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}
