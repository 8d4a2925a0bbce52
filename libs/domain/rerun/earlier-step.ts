import type { SkipReason, StepKey } from '../execution/state.js';
import type { Json } from '../json.js';

/** What became of a step in an earlier run. */
export interface EarlierStep {
  readonly status: string;
  readonly output?: Json;
  readonly skipped?: SkipReason;
}

export type EarlierSteps = Readonly<Record<StepKey, EarlierStep>>;
