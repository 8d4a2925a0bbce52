import type { ApprovalState, RunStatus } from '#domain/execution/state.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { RiskMark } from './risk.js';
import type { VersionName } from './workflows.js';

/** POST /workflows/{id}/execute; header Idempotency-Key optional. Answers 202 with a RunView. */
export interface ExecuteRequest {
  readonly inputs?: JsonObject;
  /** The newest one when absent, published or not. */
  readonly version?: VersionName;
  /**
   * Where a freeze holds the workflow: `wait` for its end; `refuse` with 409 `frozen`; `override` it, with a `reason`.
   * When absent: `refuse` where the concurrency policy is `reject` or `cancel`, else `wait`.
   */
  readonly freeze?: FreezeChoice;
  /** For the audit log. */
  readonly reason?: string;
}

export type FreezeChoice = 'wait' | 'refuse' | 'override';

/** `queued`: accepted, not yet handed to Temporal. */
export type RunViewStatus = 'queued' | RunStatus;

export const FINAL_RUN_STATUSES: readonly RunViewStatus[] = ['succeeded', 'rejected', 'failed', 'canceled'];

export interface RunView {
  readonly id: string;
  readonly project: string;
  readonly workflowId: string;
  readonly workflow: string;
  readonly version: number;
  /** What that version was published as; absent of a draft. */
  readonly publishedAs?: string;
  readonly status: RunViewStatus;
  readonly trigger: RunTrigger;
  /** The run that this one repeats in part. */
  readonly rerunOf?: { readonly run: string; readonly from?: string };
  /** The run whose step started this one. */
  readonly parent?: { readonly run: string; readonly step: string };
  /** The delivery of a webhook that started it. */
  readonly delivery?: string;
  /** Why it is still queued. */
  readonly waitingFor?: { readonly group: string; readonly run?: string } | { readonly freeze: string };
  /** What keeps it from going on, though nothing in its definition does. */
  readonly trouble?: RunTrouble & { readonly hint: string };
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

export interface RunTrouble {
  readonly code: RunTroubleCode;
  readonly message: string;
  readonly since: string;
}

export type RunTroubleCode = keyof typeof RUN_TROUBLES;

/** What people can do about it. The run itself is safe: it goes on when the cause is gone. */
export const RUN_TROUBLES = {
  'start-delayed': 'It is tried again by itself. Look at `message`, and whether Temporal is well.',
  'start-set-aside':
    'It is tried every ten minutes only. Remove the cause that `message` names, or cancel the run.',
  'not-taken': 'Start a worker that serves the queue `orchestration`, or look why those that do are busy.',
  'task-failing':
    'The workers cannot go on with it: look at `message` and at their logs. A worker of the right version, with the right keys, takes it up again.',
} as const;

/** GET /runs/statistics?workflow=&from=&to=: runs that ended in that time (the last seven days when absent), and all that live. */
export interface RunStatisticsView {
  readonly from: string;
  readonly to: string;
  readonly runs: number;
  /** There were more than were looked at. */
  readonly runsAtLeast?: true;
  /** Of those that succeeded or failed. */
  readonly successRate?: number;
  readonly statuses: readonly {
    readonly status: RunViewStatus;
    readonly count: number;
    /** From beginning to end. */
    readonly duration?: DurationsView;
    /** From acceptance to beginning. */
    readonly waiting?: DurationsView;
  }[];
  readonly living: readonly {
    readonly status: RunViewStatus;
    readonly count: number;
    /** There are more than that. */
    readonly atLeast?: true;
  }[];
  /** The 50 with most runs. */
  readonly workflows: readonly {
    readonly workflow: string;
    readonly runs: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly successRate?: number;
    readonly p50Ms?: number;
    readonly p95Ms?: number;
  }[];
}

export interface DurationsView {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p95Ms: number;
  readonly longestMs: number;
}

export type RunTrigger = 'api' | 'rerun' | 'workflow' | 'schedule' | 'webhook';

/** `waiting`: for a person, an event, or what it claims; `waitingFor` says which. */
export type StepViewStatus =
  | 'pending'
  | 'running'
  | 'waiting'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'canceled';

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
  readonly waitingFor?: 'approval' | 'event' | 'intervention' | 'claims';
  /** Of an approval that is being waited for, or was decided. */
  readonly approval?: ApprovalState;
  /** Name of the event that it waits for. */
  readonly event?: string;
  /** Its result was taken over from an earlier run. */
  readonly reused?: boolean;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly output?: Json;
  readonly error?: StepError;
  /** What it said of a risk, as assessed last. */
  readonly risk?: RiskMark;
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

/** GET /runs/{id}/steps/{key}/attempts. */
export interface FullAttemptView extends AttemptView {
  readonly action?: string;
  /** What the action was given, secrets as references. */
  readonly input?: Json;
}

/** GET /runs/{id}/objects: values too large for an output; each is read at /runs/{id}/objects/{object}. */
export interface ObjectView {
  readonly id: string;
  readonly step: string;
  /** Bytes. */
  readonly size: number;
  readonly digest: string;
  readonly createdAt: string;
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

/**
 * GET /runs/{id}/events: Server-Sent Events, resumable by Last-Event-ID; or the WebSocket /ws/workflow/{id}, each message
 * `{ id, event, data }`, resumable by `?lastEventId=`.
 * `run` data: RunView; `step` data: StepView without output; `log` data: LogView; `end` data: RunView, then it closes.
 */
export type RunStreamEvent = 'run' | 'step' | 'log' | 'end';

/** POST /runs/{id}/stream-tickets: opens the run's stream once, as `?ticket=`, where headers cannot be sent. */
export interface StreamTicketView {
  readonly ticket: string;
  readonly expiresAt: string;
}
