import type { PipelineState, PipelineStep } from '../cicd/execution.js';
import type { ReasonRequest } from './operations.js';

/** GET /pipelines and /pipelines/{id}: one execution of a pipeline, whoever started it. */
export interface PipelineExecutionView {
  readonly id: string;
  /** Name of the integration by which it is known. */
  readonly integration: string;
  readonly platform: string;
  /** What holds the pipeline, as the platform names it. */
  readonly project: string;
  readonly pipeline: string;
  /** As the platform names it; absent until that is known. */
  readonly externalId?: string;
  readonly attempt: number;
  readonly state: PipelineState;
  /** In the platform's own words. */
  readonly native: string;
  readonly title: string;
  readonly url: string;
  readonly ref?: string;
  readonly commit?: string;
  readonly trigger?: string;
  readonly actor?: string;
  /** By the platform's clock. */
  readonly queuedAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Until it started. */
  readonly queuedMs?: number;
  /** From its start to its end. */
  readonly durationMs?: number;
  /** That started it, with its step. */
  readonly run?: string;
  readonly step?: string;
  /** When it was first known here. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** GET /pipelines/{id}/jobs. */
export interface PipelineJobView {
  readonly id: string;
  readonly name: string;
  readonly stage?: string;
  readonly attempt: number;
  readonly state: PipelineState;
  readonly native: string;
  readonly url?: string;
  readonly runner?: string;
  /** Its failure does not fail the execution. */
  readonly mayFail: boolean;
  readonly queuedAt?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly durationMs?: number;
  readonly steps: readonly PipelineStepView[];
}

export interface PipelineStepView extends Pick<PipelineStep, 'name' | 'state' | 'native'> {
  readonly startedAt?: string;
  readonly endedAt?: string;
}

/** POST /pipelines/{id}/retry. */
export interface RetryPipelineRequest extends ReasonRequest {
  readonly what?: 'all' | 'failed';
}

/** GET /pipelines/statistics, of executions that were first known here in that time. */
export interface PipelineStatisticsView {
  readonly from: string;
  readonly to: string;
  /** Those that are over. */
  readonly executions: number;
  /** There are more: the newest were looked at. */
  readonly executionsAtLeast?: true;
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
  /** Of those that succeeded or failed, from 0 to 1; absent where none did. */
  readonly successRate?: number;
  readonly duration?: PipelineDurations;
  readonly queued?: PipelineDurations;
  /** Minutes of machines, each job by itself. */
  readonly minutes: number;
  /** `minutes` at the price that was given. */
  readonly cost?: number;
  /** The most machine time first, 50 at most. */
  readonly jobs: readonly JobStatistics[];
  /** The slowest first, 20 at most. */
  readonly steps: readonly StepStatistics[];
}

export interface PipelineDurations {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export interface JobStatistics {
  readonly platform: string;
  readonly project: string;
  readonly pipeline: string;
  readonly name: string;
  readonly count: number;
  readonly failed: number;
  /** Commits at which it failed and then succeeded, without a change of anything. */
  readonly flaky: number;
  /** `flaky` of the commits that it was done at, from 0 to 1. */
  readonly flakiness: number;
  readonly duration?: PipelineDurations;
  readonly minutes: number;
}

export interface StepStatistics {
  readonly job: string;
  readonly name: string;
  readonly count: number;
  readonly duration: PipelineDurations;
}
