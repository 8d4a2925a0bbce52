import type { Json } from '#domain/json.js';

/**
 * What an execution, a job or a step can be, on every platform. `blocked` waits for a person; `unstable` went through with
 * something wrong, as a platform itself says it; `skipped` was not to be done.
 */
export const PIPELINE_STATES = [
  'queued',
  'running',
  'blocked',
  'succeeded',
  'unstable',
  'failed',
  'canceled',
  'skipped',
] as const;

export type PipelineState = (typeof PIPELINE_STATES)[number];

export function isOver(state: PipelineState): boolean {
  return state !== 'queued' && state !== 'running' && state !== 'blocked';
}

/** Names one execution of a pipeline at its platform. */
export interface ExecutionReference {
  /** What holds the pipeline, as the platform names it: `owner/repository`, `group/project`, a folder of jobs, a slug. */
  readonly project: string;
  /** The pipeline within it; an empty text where a project has one. */
  readonly pipeline: string;
  readonly id: string;
}

/** One execution of a pipeline: what GitHub and Azure call a run, GitLab and CircleCI a pipeline, Jenkins a build. */
export interface Execution {
  /** May be another one than it was asked by: a place in a queue becomes a build. */
  readonly reference: ExecutionReference;
  /** From 1; a platform that does it again under the same id counts on. */
  readonly attempt: number;
  readonly state: PipelineState;
  /** In the platform's own words. */
  readonly native: string;
  /** As people call it. */
  readonly title: string;
  /** Where people look at it. */
  readonly url: string;
  /** Branch or tag. */
  readonly ref?: string;
  readonly commit?: string;
  /** What started it, in the platform's own word. */
  readonly trigger?: string;
  readonly actor?: string;
  /** Milliseconds since the epoch, as all moments here. */
  readonly createdAt?: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** The correlation key that it carries. */
  readonly key?: string;
}

/** What the platform gives to one machine. */
export interface PipelineJob {
  /** Unique in the execution. */
  readonly id: string;
  readonly name: string;
  readonly state: PipelineState;
  readonly native: string;
  readonly attempt: number;
  readonly stage?: string;
  readonly url?: string;
  /** The machine, or what it is labelled with. */
  readonly runner?: string;
  readonly createdAt?: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Its failure does not fail the execution. */
  readonly mayFail: boolean;
  /** Those that came with the job; absent where they are asked for by themselves, or do not exist. */
  readonly steps?: readonly PipelineStep[];
  /** An execution that it started, and stands for. */
  readonly child?: ExecutionReference;
}

export interface PipelineStep {
  readonly name: string;
  readonly state: PipelineState;
  readonly native: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
}

/** A value that whoever starts a pipeline may give. */
export interface PipelineInput {
  readonly name: string;
  readonly type: 'text' | 'number' | 'boolean' | 'choice';
  readonly required: boolean;
  readonly default?: Json;
  readonly choices?: readonly string[];
  readonly description?: string;
}

export type InputValue = string | number | boolean;

export interface PipelineArtifact {
  /** As the platform names it for its download. */
  readonly id: string;
  readonly name: string;
  /** Bytes, where the platform tells. */
  readonly size?: number;
  /** `archive`: a ZIP of files; `file`: the file itself. */
  readonly form: 'archive' | 'file';
  /** The job that made it, where the platform tells. */
  readonly job?: string;
  /** It was removed in the meantime. */
  readonly expired: boolean;
}
