import type { ApprovalState, RunStatus } from '#domain/execution/state.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { RiskMark } from './risk.js';
import type { VersionName } from './workflows.js';

/** POST /runs/{id}/cancel. Answers 202 with a RunView. */
export interface CancelRequest {
  readonly reason?: string;
  /** Undo what was done and can be undone, the latest first. */
  readonly compensate?: boolean;
}

/**
 * Operations on a living run; each answers 200 with an OperationView, or 409 `operation-refused` with the states in which
 * it would fit. Header Idempotency-Key: the same key is the same operation.
 * POST /runs/{id}/pause, /runs/{id}/resume: ReasonRequest.
 * POST /runs/{id}/steps/{key}/approve, …/reject: DecisionRequest. …/retry: RetryStepRequest. …/skip: ReasonRequest.
 * …/complete: CompleteStepRequest. POST /runs/{id}/events: SendEventRequest. POST /runs/{id}/checkpoints: CheckpointRequest.
 */
export interface ReasonRequest {
  readonly reason?: string;
}

export interface DecisionRequest extends ReasonRequest {
  /** What the approval asks of the approver. */
  readonly inputs?: JsonObject;
}

export interface RetryStepRequest extends ReasonRequest {
  /** Input of the action in place of what the definition says. */
  readonly with?: JsonObject;
}

export interface CompleteStepRequest extends ReasonRequest {
  readonly output: Json;
}

export interface SendEventRequest extends ReasonRequest {
  readonly name: string;
  readonly data?: Json;
}

export interface CheckpointRequest extends ReasonRequest {
  readonly name: string;
}

export interface OperationView {
  readonly run: string;
  readonly status: RunStatus;
  readonly step?: { readonly key: string; readonly status: string };
}

/** GET /runs/{id}/history: what happened in it beside its steps, in order: operations, approvals, events, checkpoints. */
export interface HistoryView {
  readonly sequence: number;
  readonly at: string;
  readonly type: string;
  readonly step?: string;
  readonly by?: string;
  readonly reason?: string;
  readonly name?: string;
  readonly data?: Json;
}

/** GET /runs/{id}/checkpoints. */
export interface CheckpointView {
  readonly name: string;
  readonly sequence: number;
  readonly at: string;
  readonly by?: string;
  readonly reason?: string;
  /** Steps that were over by then. */
  readonly steps: number;
}

/** GET /approvals: those that are being waited for, oldest first. */
export interface ApprovalView {
  readonly run: string;
  readonly workflow: string;
  readonly step: string;
  readonly name?: string;
  readonly requestedAt: string;
  readonly approval: ApprovalState;
  /** What the run found last of the risk of its change, as assessed last. */
  readonly risk?: RiskMark;
}

/**
 * POST /runs/{id}/rerun; header Idempotency-Key optional. Answers 202 with the RunView of a new run that takes over the
 * results of this one, but for `from` and what comes after it; without `from` and `checkpoint`: for what did not succeed.
 * 409 `rerun-impossible` with findings where the plans do not fit.
 */
export interface RerunRequest extends ReasonRequest {
  /** Key of a step. */
  readonly from?: string;
  /** Name of a checkpoint: what was over by then is taken over. */
  readonly checkpoint?: string;
  /** In place of the inputs of this run. */
  readonly inputs?: JsonObject;
  /** That of this run when absent. */
  readonly version?: VersionName;
}
