import type { PipelineState } from '#contracts/cicd/execution.js';

const STATES: ReadonlyMap<string, PipelineState> = new Map([
  ['created', 'queued'],
  ['waiting_for_resource', 'queued'],
  ['waiting_for_callback', 'queued'],
  ['preparing', 'queued'],
  ['pending', 'queued'],
  ['scheduled', 'queued'],
  ['running', 'running'],
  ['canceling', 'running'],
  ['manual', 'blocked'],
  ['success', 'succeeded'],
  ['failed', 'failed'],
  ['canceled', 'canceled'],
  ['skipped', 'skipped'],
]);

/** A word that is not known yet does not end what is watched. */
export function pipelineStateOf(native: string): PipelineState {
  return STATES.get(native) ?? 'running';
}

/** A manual job that may fail holds nothing up: nobody has to start it. */
export function jobStateOf(native: string, mayFail: boolean): PipelineState {
  return native === 'manual' && mayFail ? 'skipped' : pipelineStateOf(native);
}
