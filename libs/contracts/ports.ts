import type { ConcurrencyPolicy, SecretDefinition } from '#domain/definition/definition.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';
import type { ClaimsRelease, ClaimsRequest, FinalRecord, ParentRun, TransitionBatch } from './run.js';
import type { TickEnd, TickNote } from './schedules.js';
import type { RunOrigin } from './trace-context.js';

/** What workers saw of runs. */
export interface Records {
  /** Upserts by (run, sequence); one that a later transition of the same step has overtaken changes nothing. */
  readonly transitions?: readonly TransitionBatch[];
  /** Upserts by (run, step, attempt); earlier attempts of the step still open become `lost`. */
  readonly attemptStarts?: readonly AttemptStart[];
  readonly attemptEnds?: readonly AttemptEnd[];
  /** Appended by (run, step, attempt, first line's number); a repeated chunk changes nothing. */
  readonly logs?: readonly LogChunk[];
  /** The complete truth of ended runs: replaces what the projection holds of them. */
  readonly results?: readonly FinalRecord[];
}

/** Where workers write what they see of runs. */
export interface RunRecorder {
  /** All or nothing, in the order of the fields. Idempotent, and may be repeated. */
  record(records: Records): Promise<void>;
}

export interface AttemptKey {
  readonly run: string;
  readonly step: string;
  /** From 1. */
  readonly attempt: number;
}

export interface AttemptStart extends AttemptKey {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly action: string;
  /** Worker and process, for people. */
  readonly worker: string;
  /** Not the step's turn: a lost workspace being made anew. */
  readonly rebuild: boolean;
  /** `with` as resolved; holds references to secrets, never secrets. */
  readonly input: Json;
}

export interface AttemptEnd extends AttemptKey {
  readonly at: number;
  readonly status: 'succeeded' | 'failed' | 'canceled';
  readonly error?: StepError;
}

export interface LogChunk extends AttemptKey {
  /** Number of the first line in this attempt, from 1. */
  readonly firstLine: number;
  readonly lines: readonly LogLine[];
}

export interface LogLine {
  readonly at: number;
  readonly stream: 'stdout' | 'stderr' | 'sluice';
  /** Without the line's end; at most 16 KiB, secrets masked. */
  readonly text: string;
}

/** Which workers live, and which of them holds a run's workspace. */
export interface WorkspaceRegistry {
  /** Call every few seconds. */
  beat(worker: { readonly queue: string; readonly identity: string }): Promise<void>;
  /** Assigns the run's workspace in the worker pool to `queue`, unless a live worker (seen within `aliveMs`) holds it already. */
  assign(
    workspace: { readonly run: string; readonly pool?: string },
    queue: string,
    aliveMs: number,
  ): Promise<{ readonly queue: string; readonly fresh: boolean }>;
  /** Runs whose workspace on `queue` may be removed: ended longer than `retentionMs` ago. */
  removable(queue: string, retentionMs: number): Promise<readonly string[]>;
  /** The workspace of `run` on `queue` no longer exists. */
  released(run: string, queue: string): Promise<void>;
}

/** What the steps of all runs take hold of: locks, and amounts out of resource pools. Whatever a run holds ends with it. */
export interface ClaimsStore {
  /**
   * Asks for all that the step claims, or asks again; while it waits it holds nothing, and keeps its place. The answers
   * but the first two are final, and nothing is asked for any longer.
   */
  acquire(request: ClaimsRequest): Promise<ClaimsAnswer>;
  /** What has become of what was asked; asks for nothing. `gone`: it was given back meanwhile. */
  review(request: ClaimsRequest): Promise<ClaimsAnswer | 'gone'>;
  /** Gives back what is held, or asks no longer. */
  release(release: ClaimsRelease): Promise<void>;
}

export type ClaimsAnswer = 'granted' | 'waiting' | 'pool-unknown' | 'pool-too-small' | 'run-ended';

/** Runs that steps of other runs start. */
export interface ChildRunStore {
  /** A workflow by its name; `version` undefined where it has none of this number. */
  find(project: string, workflow: string, version: number): Promise<CallableWorkflow | undefined>;
  /**
   * Notes the run in the projection, as handed over to Temporal. Repeated with the same `key` it is the run that was
   * noted first. `busy`: another run of its concurrency group lives; nothing was noted.
   */
  add(child: NewChildRun): Promise<AddedChildRun>;
}

/** Moments of schedules. */
export interface TickStore {
  /**
   * Notes a tick, of which a run is to come; repeated, or for a moment that was noted before, it is the same tick. Answers
   * with what came of it, once that is known.
   */
  note(tick: TickNote): Promise<TickEnd | undefined>;
}

export interface CallableWorkflow {
  readonly id: string;
  readonly latestVersion: number;
  readonly version?: { readonly plan: Plan; readonly inputs: Readonly<Record<string, JsonObject>> };
}

export interface NewChildRun {
  /** The same for every call that means the same run. */
  readonly key: string;
  readonly project: string;
  readonly workflow: { readonly id: string; readonly name: string };
  readonly version: number;
  readonly inputs: JsonObject;
  readonly startedBy: string;
  readonly parent: Pick<ParentRun, 'run' | 'step'>;
  /** Steps of the plan that have one instance. */
  readonly total: number;
  readonly origin?: RunOrigin;
  readonly concurrency?: { readonly group: string; readonly policy: ConcurrencyPolicy };
}

export type AddedChildRun =
  | { readonly outcome: 'added'; readonly id: string; readonly createdAt: Date }
  /** Noted earlier, and over before it began. */
  | { readonly outcome: 'ended' }
  | { readonly outcome: 'busy' | 'rejected'; readonly run: string };

/**
 * Resolves `env:NAME`, `file:/path` and `vault:mount/path#field`. Throws SluiceError `secret-not-found`,
 * `secret-reference-invalid`, `vault-…`, and `canceled` once `signal` is aborted.
 */
export interface SecretResolver {
  resolve(reference: string, signal?: AbortSignal): Promise<string>;
}

/** Values too large for a history, kept beside it as JSON text. */
export interface ObjectStore {
  /** Keeps `json` (UTF-8). Idempotent: the same bytes of the same run are one object. */
  put(owner: { readonly run: string; readonly step: string }, json: Uint8Array): Promise<StoredObject>;
  /** What the project has under this id. */
  find(project: string, id: string): Promise<StoredObject | undefined>;
  /** The bytes that were put, in parts. */
  read(id: string): AsyncIterable<Uint8Array>;
  /** Removes the objects of runs that ended longer than `retentionMs` ago; answers with how many there were. */
  removeOld(retentionMs: number): Promise<number>;
}

export interface StoredObject {
  readonly id: string;
  /** The run that made it. */
  readonly run: string;
  /** Bytes. */
  readonly size: number;
  /** `sha256:` and the lower-case hex digest of the bytes. */
  readonly digest: string;
}

/** A secret as the step asked for it. */
export interface SecretValue {
  readonly value: string;
  readonly as: SecretDefinition['as'];
}

/**
 * Why an attempt must stop: its step was canceled, its time is up, or the attempt is no longer wanted here: the worker goes
 * down, or Temporal has given the attempt up, and another one goes on with what this one has begun elsewhere.
 */
export type StopReason = 'canceled' | 'timed-out' | 'superseded';

/** What every action gets beside its input. */
export interface ActionContext {
  /** Id of the run, and key of the step in it. */
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  /** Attempts of earlier goes, when there were any: what those began is not this one's, since a person had the step done anew. */
  readonly begunAfter?: number;
  /** The attempt before was cut off with its worker: what it had to tell may not have been heard. */
  readonly followsLost?: true;
  /** The same for every attempt of this step of this run. */
  readonly idempotencyKey: string;
  /** Names the attempt for whoever tells of its end in the worker's place; absent where nobody can. */
  readonly taskToken?: Uint8Array;
  /** Aborted when the step is canceled, timed out, or the worker shuts down. */
  readonly signal: AbortSignal;
  /** Why `signal` was aborted; undefined before. */
  whyStopped(): StopReason | undefined;
  /** Folder of the run's workspace; only for actions of the catalogue with `workspace`. */
  readonly workspace: string;
  readonly secrets: SecretResolver;
  /** The step's `secrets` by name, masked already; only for actions of the catalogue with `takesSecrets`. */
  readonly secretValues: ReadonlyMap<string, SecretValue>;
  /** One line for the run's log. */
  log(stream: LogLine['stream'], text: string): void;
  /** Returns once the lines so far are written, so that whoever has many of them holds few. */
  logWritten(): Promise<void>;
  /** From now on this value appears as `***` in logs and errors. */
  mask(secret: string): void;
  /** The text with all of them masked: for what the action cuts, since half a secret is not recognised later. */
  hide(text: string): string;
}

/** An action: given its input (already valid by its schema), does the work and answers with its output. */
export type Action<I = Json, O = Json> = (input: I, context: ActionContext) => Promise<O>;
