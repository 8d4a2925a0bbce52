import type { PipelineState } from '#contracts/cicd/execution.js';

const WORKFLOWS: ReadonlyMap<string, PipelineState> = new Map([
  ['success', 'succeeded'],
  ['running', 'running'],
  // A job failed, others go on.
  ['failing', 'running'],
  ['on_hold', 'blocked'],
  ['not_run', 'skipped'],
  ['failed', 'failed'],
  ['error', 'failed'],
  ['unauthorized', 'failed'],
  ['canceled', 'canceled'],
]);

const JOBS: ReadonlyMap<string, PipelineState> = new Map([
  ['success', 'succeeded'],
  ['running', 'running'],
  ['queued', 'queued'],
  ['not_running', 'queued'],
  // Waits for jobs before it; `on_hold` waits for a person.
  ['blocked', 'queued'],
  ['on_hold', 'blocked'],
  ['not_run', 'skipped'],
  ['failed', 'failed'],
  ['retried', 'failed'],
  ['infrastructure_fail', 'failed'],
  ['timedout', 'failed'],
  ['terminated-unknown', 'failed'],
  ['unauthorized', 'failed'],
  ['canceled', 'canceled'],
]);

/** A word that is not known yet does not end what is watched. */
export function workflowStateOf(native: string): PipelineState {
  return WORKFLOWS.get(native) ?? 'running';
}

export function jobStateOf(native: string): PipelineState {
  return JOBS.get(native) ?? 'running';
}
