import type { PipelineState } from '#contracts/cicd/execution.js';
import type { Answer } from '../http/answer.js';

const UNDER_WAY: ReadonlyMap<string, PipelineState> = new Map([
  ['requested', 'queued'],
  ['queued', 'queued'],
  ['pending', 'queued'],
  ['waiting', 'blocked'],
  ['in_progress', 'running'],
]);

const OVER: ReadonlyMap<string, PipelineState> = new Map([
  ['success', 'succeeded'],
  ['failure', 'failed'],
  ['startup_failure', 'failed'],
  ['timed_out', 'failed'],
  ['stale', 'failed'],
  ['cancelled', 'canceled'],
  ['skipped', 'skipped'],
  ['neutral', 'unstable'],
  // It is said to be completed, and goes on once somebody has approved it.
  ['action_required', 'blocked'],
]);

/** Of a run, a job or a step. */
export function readState(
  answer: Answer,
  isGitea: boolean,
): { readonly state: PipelineState; readonly native: string } {
  const status = answer.findText('status') ?? '';
  const conclusion = answer.findText('conclusion') ?? '';
  if (status === 'completed' && conclusion !== '')
    return { state: OVER.get(conclusion) ?? 'unstable', native: conclusion };
  // What waits there waits for other jobs.
  if (isGitea && status === 'waiting') return { state: 'queued', native: status };
  // Completed without a conclusion: it is still to come.
  return { state: UNDER_WAY.get(status) ?? 'running', native: status };
}
