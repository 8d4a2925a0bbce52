import type { Execution, ExecutionReference, PipelineJob } from './execution.js';
import type { IntegrationSettings } from './integration.js';

/** One start of a pipeline by a step. */
export interface PipelineStart {
  readonly run: string;
  readonly step: string;
  readonly integration: Pick<IntegrationSettings, 'id' | 'platform'>;
  readonly project: string;
  readonly pipeline: string;
  readonly ref?: string;
  /** Of the step, the first of its go being `begunAfter` + 1: what earlier goes started is not this one's. */
  readonly attempt: number;
  readonly begunAfter: number;
  /** What the attempt before had concluded is open again: it was lost, and nobody may have heard of it. */
  readonly followsLost?: true;
}

/** A start as it was noted, before anything was sent. */
export interface NotedStart {
  /** Of the execution here, and the correlation key under which it is started there. */
  readonly id: string;
  /** What was started, once that is known. */
  readonly reference?: ExecutionReference;
  /** When it was sent last, in milliseconds since the epoch; absent: never. */
  readonly sentAt?: number;
  /** When it was sent first. */
  readonly since?: number;
}

/** An execution as it was seen last. */
export interface KnownExecution {
  readonly id: string;
  readonly integration: IntegrationSettings;
  readonly reference: ExecutionReference;
}

/** Executions of pipelines, as steps work with them. */
export interface PipelineStore {
  /** An integration of the run's project. */
  findIntegration(run: string, name: string): Promise<IntegrationSettings | undefined>;
  /** The step's start that was not concluded yet, or a new one. Throws SluiceError `run-unknown`. */
  begin(start: PipelineStart): Promise<NotedStart>;
  /**
   * Call before it is sent, each time, with the moment at which it was sent before as far as whoever asks knows. False: it must
   * not be sent, for another attempt of the step has sent it since, or knows what it started.
   */
  sending(id: string, at: number, before: number | undefined): Promise<boolean>;
  /** What the platform says of it now. */
  observe(id: string, execution: Execution, jobs?: readonly PipelineJob[]): Promise<void>;
  /** It has failed this attempt, or started nothing: the next one starts another. */
  conclude(id: string, attempt: number): Promise<void>;
  /** An execution of the run's project by its id here. */
  find(run: string, id: string): Promise<KnownExecution | undefined>;
  /**
   * Whether webhooks tell of it, so that there is no need to ask often; not once they have told of its end: a platform whose
   * answers are behind its webhooks is asked again soon.
   */
  isTold(id: string): Promise<boolean>;
}

/** Tells of executions that have changed. */
export interface PipelineChanges {
  /** What changes from now on is heard. */
  follow(id: string): PipelineWatch;
}

export interface PipelineWatch {
  /** Returns once the execution has changed since it returned last, after `ms` at the latest, or when `signal` is aborted. */
  next(ms: number, signal: AbortSignal): Promise<void>;
  close(): void;
}
