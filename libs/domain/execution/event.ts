import type { Json } from '../json.js';
import type { Operation } from './operation.js';
import type { StepKey } from './state.js';
import type { StepError } from './step-error.js';

/** What happened. `attempts`: of the step, this one included. Each is handed to `decide` once, in the order in which it became known. */
export type RunEvent =
  | { readonly type: 'run-started' }
  | {
      readonly type: 'action-succeeded';
      readonly step: StepKey;
      readonly output: Json;
      readonly attempts: number;
    }
  | {
      readonly type: 'action-failed';
      readonly step: StepKey;
      readonly error: StepError;
      readonly attempts: number;
    }
  /** The worker confirms that it stopped the action. */
  | { readonly type: 'action-canceled'; readonly step: StepKey }
  | { readonly type: 'timer-fired'; readonly step: StepKey; readonly timer: TimerPurpose }
  | { readonly type: 'cancel-requested'; readonly by?: string; readonly reason?: string }
  /** One that `refuseOperation` did not refuse. */
  | { readonly type: 'operation'; readonly operation: Operation }
  | { readonly type: 'claims-granted'; readonly step: StepKey }
  | { readonly type: 'claims-refused'; readonly step: StepKey; readonly error: StepError };

/**
 * `wait`: the step's own business; `timeout`: its limit; `retry`: the pause before a container's next attempt;
 * `breath`: the run's rest after much work at once, named by the first step whose turn it put off; the others are an approval's.
 */
export type TimerPurpose = 'wait' | 'timeout' | 'retry' | 'breath' | 'expiry' | 'reminder' | 'escalation';
