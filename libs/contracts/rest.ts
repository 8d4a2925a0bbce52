import type { Refusal } from '#domain/execution/operation.js';
import type { ApprovalState, RunStatus } from '#domain/execution/state.js';
import type { FailureClass, StepError } from '#domain/execution/step-error.js';
import type { Format } from '#domain/front-ends/front-end.js';
import type { Note } from '#domain/front-ends/steps/conversion.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { AdviceReport } from '#domain/optimisation/advise.js';
import type { Estimate, Remaining } from '#domain/optimisation/estimate.js';
import type { Amounts } from '#domain/plan/plan.js';
import type { Finding } from '#domain/validation/finding.js';
import type { VersionDiff } from '#domain/versions/compare-versions.js';

/** REST under /api/v1. Times are RFC 3339, UTC. Only additions. */

/** POST /workflows answers 201 (new workflow), 200 (same digest as the latest version, or a new version). */
export interface WorkflowView {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly description?: string;
  /** Number of the newest version, published or not. */
  readonly latestVersion: number;
  readonly digest: string;
  /** The newest published version: what the alias `latest` names. */
  readonly published?: { readonly version: number; readonly as: string };
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Warnings found while saving. */
  readonly findings?: readonly Finding[];
}

/**
 * How a request names a version: by its number; by the semantic version that it was published as, `1.4.0`; by an alias,
 * `stable`. In an address a number is text.
 */
export type VersionName = number | string;

/** GET /workflows/{id}/versions, with `?published=true` only those; GET /workflows/{id}/versions/{version}. */
export interface WorkflowVersionView {
  readonly workflowId: string;
  readonly version: number;
  readonly digest: string;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Absent of a draft. */
  readonly published?: PublicationView;
  /** Names of the aliases that name it. */
  readonly aliases: readonly string[];
  /** The text as sent. */
  readonly source: string;
  readonly format: 'yaml' | 'json';
}

export interface PublicationView {
  /** SemVer 2.0.0. */
  readonly as: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
  /** In the answer to its publication: published versions that mean the same. */
  readonly sameAs?: readonly string[];
}

/** POST /workflows/{id}/versions/{number}/publish answers 201, or 200 where it was published as this before. */
export interface PublishRequest {
  /** SemVer 2.0.0, greater than what was published before on its line. */
  readonly version: string;
  readonly reason: string;
}

/**
 * GET /workflows/{id}/aliases, /workflows/{id}/aliases/{name}. PUT takes an AliasRequest: 201 where it is new. DELETE takes
 * the reason as `?reason=`. Both take If-Match with the ETag of the alias; PUT takes `If-None-Match: *` too.
 */
export interface AliasView {
  readonly name: string;
  readonly version: number;
  /** What that version was published as. */
  readonly as: string;
  readonly movedBy: string;
  readonly movedAt: string;
  readonly reason: string;
}

export interface AliasRequest {
  /** Of a published version. */
  readonly version: VersionName;
  readonly reason: string;
}

/** GET /workflows/{id}/aliases/{name}/history: newest first; without `version` where it was removed. */
export interface AliasMoveView {
  readonly version?: number;
  readonly as?: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string;
}

/**
 * GET /workflows/{id}/diff?from=&to=: how two versions differ in meaning. Without `to` the newest is meant; without `from`
 * the newest published one, or the one before `to` where nothing was published.
 */
export interface VersionDiffView extends VersionDiff {
  readonly workflow: string;
  readonly from: ComparedVersion;
  readonly to: ComparedVersion;
  /** The least semantic version as which `to` may be published, where it is a draft and `from` is none. */
  readonly next?: string;
}

export interface ComparedVersion {
  readonly version: number;
  readonly publishedAs?: string;
  readonly digest: string;
}

/** POST /imports: at most 1,000 files, 16 MiB in all. Answers 200 with an ImportReport, whatever was taken over. */
export interface ImportRequest {
  /** `auto` where absent: told by each file. */
  readonly format?: 'auto' | Format;
  readonly files: readonly { readonly name: string; readonly content: string }[];
  /** Keys of lists of steps that may be lost. */
  readonly leaveOut?: readonly string[];
  /** Stores what was taken over as workflows; the same files twice make one version. */
  readonly save?: boolean;
  /** With `save`: stores nothing where something was not taken over. */
  readonly allOrNothing?: boolean;
}

export interface ImportReport {
  readonly takenOver: number;
  readonly refused: number;
  /** In the order of the files; a file may hold several workflows. */
  readonly workflows: readonly ImportedView[];
}

export interface ImportedView {
  readonly file: string;
  readonly format?: Format;
  readonly name?: string;
  readonly takenOver: boolean;
  /** The definition, where it was taken over. */
  readonly definition?: string;
  /** With `save`. */
  readonly workflow?: {
    readonly id: string;
    readonly version: number;
    readonly outcome: 'created' | 'versioned' | 'unchanged';
  };
  readonly findings: readonly Finding[];
  readonly notes: readonly Note[];
}

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
  /** Why it is still queued. */
  readonly waitingFor?: { readonly group: string; readonly run?: string } | { readonly freeze: string };
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

export type RunTrigger = 'api' | 'rerun' | 'workflow';

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

/** GET /pools and /pools/{name}; PUT /pools/{name} takes a PoolRequest, DELETE is refused while something is held. */
export interface PoolView {
  readonly name: string;
  /** What it does not name is not limited. */
  readonly capacity: Amounts;
  /** What steps hold of it. */
  readonly used: Amounts;
  /** Steps that hold something of it, and steps that wait for it. */
  readonly held: number;
  readonly waiting: number;
  /** The oldest 100. */
  readonly leases: readonly LeaseView[];
}

export interface LeaseView {
  readonly run: string;
  readonly step: string;
  readonly amounts: Amounts;
  readonly since: string;
}

/** PUT /pools/{name}: sets it up (201) or changes it (200); answers with a PoolView. */
export interface PoolRequest extends ReasonRequest {
  readonly capacity: Amounts;
}

/** GET /locks: those that are held or waited for, by name. */
export interface LockView {
  readonly name: string;
  /** Absent for the moment between two holders. */
  readonly holder?: { readonly run: string; readonly step: string; readonly since: string };
  /** Steps that wait for it. */
  readonly queue: number;
  /** The first 100, in the order in which they are served. */
  readonly waiting: readonly {
    readonly run: string;
    readonly step: string;
    readonly since: string;
    /** 1 first, 5 last. */
    readonly priority: number;
  }[];
}

/** POST /freezes: from `startsAt` to `endsAt` no run begins. Answers 201 with a FreezeView. */
export interface FreezeRequest extends ReasonRequest {
  readonly name: string;
  readonly startsAt: string;
  readonly endsAt: string;
  /** Names of workflows; all when absent. */
  readonly workflows?: readonly string[];
}

/** GET /freezes: newest first, with `?past=true` also those that have ended. GET and DELETE /freezes/{id}. */
export interface FreezeView extends FreezeRequest {
  readonly id: string;
  readonly active: boolean;
  readonly createdBy: string;
  readonly createdAt: string;
}

/** GET /runs/{id}/compare/{other}. */
export interface ComparisonView {
  readonly runs: readonly [ComparedRun, ComparedRun];
  readonly inputs: readonly ValueDifference[];
  readonly output: readonly ValueDifference[];
  /** Steps of either, in written order; those alike in everything but time are left out. */
  readonly steps: readonly StepDifference[];
  /** More differs than is shown. */
  readonly more?: true;
}

export interface ComparedRun {
  readonly id: string;
  readonly workflow: string;
  readonly version: number;
  readonly status: RunViewStatus;
  readonly durationMs?: number;
}

/** `path`: JSON pointer (RFC 6901). A value that is absent is left out. */
export interface ValueDifference {
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

export interface StepDifference {
  readonly key: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly status?: readonly [string, string];
  readonly durationMs?: readonly [number | null, number | null];
  readonly attempts?: readonly [number, number];
  readonly output?: readonly ValueDifference[];
  readonly error?: readonly [string | null, string | null];
}

/**
 * GET /actions: all that a `uses` step may name, as `{ items }`.
 * GET /schemas/definition: the JSON Schema (2020-12) of a definition, application/schema+json, with an ETag.
 */
export interface ActionView {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly queue: string;
  readonly workspace: boolean;
  readonly fillsWorkspace: 'always' | 'never' | 'on-request';
  readonly quick: boolean;
  readonly inline: boolean;
  readonly takesSecrets: boolean;
  /** JSON Schemas (2020-12). */
  readonly input: JsonObject;
  readonly output: JsonObject;
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
  /** With code `request-invalid`, `inputs-invalid`, and `rerun-impossible`: there each has a code and a cure, and `path` is a step. */
  readonly errors?: readonly {
    readonly path: string;
    readonly message: string;
    readonly code?: string;
    readonly hint?: string;
  }[];
  /** With code `operation-refused`, `operation-not-allowed`. */
  readonly refusal?: Refusal;
}

/**
 * GET /templates: by name; GET and DELETE /templates/{name}. POST /templates takes the text itself and answers 201 (new)
 * or 200 (changed).
 */
export interface TemplateView {
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** JSON Schema per variable; one without `default` is required. */
  readonly variables: Readonly<Record<string, JsonObject>>;
  /** It comes with the program, and cannot be changed. */
  readonly builtIn: boolean;
  readonly createdBy?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  /** The text; not in lists. */
  readonly source?: string;
}

/** POST /templates/{name}/instantiate: answers 200 with an InstantiationView. */
export interface InstantiateRequest {
  readonly values?: JsonObject;
  /** Whether the definition is stored as a workflow too. */
  readonly save?: boolean;
}

export interface InstantiationView {
  /** YAML. */
  readonly definition: string;
  /** Where it was stored. */
  readonly workflow?: WorkflowView;
}

/** POST /templates/extract: a template made of a definition. Without `variables` nothing is made, only proposed. */
export interface ExtractRequest {
  /** The text of the definition. */
  readonly definition: string;
  /** Of the template; that of the definition where it is absent. */
  readonly name?: string;
  readonly description?: string;
  readonly variables?: readonly { readonly name: string; readonly paths: readonly string[] }[];
}

export interface ExtractionView {
  readonly template?: string;
  readonly proposals: readonly VariableProposal[];
}

export interface VariableProposal {
  readonly name: string;
  /** Where the value stands, as findings write it. */
  readonly paths: readonly string[];
  readonly value: Json;
  readonly because: 'name' | 'address' | 'count' | 'duration' | 'repeated';
}

/** GET /workflows/{id}/estimate: what a run of the latest version may be expected to take, by the runs before. */
export interface EstimateView extends Estimate {
  readonly workflow: string;
  readonly version: number;
}

/** GET /runs/{id}/estimate: how much of its time is over, and how much is left. */
export interface RemainingView extends Remaining {
  readonly run: string;
  readonly status: RunViewStatus;
  /** When it may be over; absent where too few runs tell, and of a run that is. */
  readonly expectedEnd?: string;
}

/** GET /workflows/{id}/advice: what to change in the latest version, by the runs that were recorded. */
export interface AdviceView extends AdviceReport {
  readonly workflow: string;
  readonly version: number;
}

/**
 * GET /failures/statistics?workflow=&from=&to=: attempts that failed in that time (the last 30 days when absent), counted.
 * The class is that of the diagnosis where there is one.
 */
export interface FailureStatisticsView {
  readonly from: string;
  readonly to: string;
  readonly total: number;
  /** Most frequent first, as in the other lists. */
  readonly classes: readonly { readonly class: FailureClass; readonly count: number }[];
  /** The 50 most frequent. */
  readonly categories: readonly {
    readonly category: string;
    readonly class: FailureClass;
    readonly count: number;
    /** The latest run with it. */
    readonly latest: { readonly run: string; readonly step: string; readonly at: string };
  }[];
  /** By id, over all instances of a loop; the 50 most frequent. */
  readonly steps: readonly {
    readonly workflow: string;
    readonly step: string;
    readonly class: FailureClass;
    readonly count: number;
  }[];
  /** The 50 most frequent. */
  readonly workflows: readonly { readonly workflow: string; readonly count: number; readonly runs: number }[];
}
