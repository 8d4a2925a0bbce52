import type { StepKey } from '../execution/state.js';

/** One reason why a run cannot be repeated as asked. */
export interface RerunFinding {
  readonly code: keyof typeof RERUN_FINDINGS;
  /** Key or id of the step that it is about. */
  readonly step: StepKey;
  readonly message: string;
  /** What would fit. */
  readonly hint: string;
}

/** Every code, and what it means; docs/problems.md holds the same set. */
export const RERUN_FINDINGS = {
  'rerun-from-unknown': 'The run has no step, or no turn of a loop, of this key.',
  'rerun-from-loop': 'The step stands in a loop: its key must name one turn, as `deploy[2]`.',
  'rerun-list-differs':
    'The list of the loop around the step may be another one now, so that its turns do not fit.',
  'rerun-step-removed': 'The version lacks a step whose result would be taken over.',
  'rerun-step-changed': 'A step whose result would be taken over is of another kind in the version.',
  'rerun-step-moved': 'A step whose result would be taken over stands elsewhere in the version.',
  'rerun-step-added':
    'A new step of the version stands before or in one whose result would be taken over: it would never run.',
  'rerun-of-sequence':
    'The steps of the workflow hand their data on one to the next, so that none can be begun without those before it.',
} as const;
