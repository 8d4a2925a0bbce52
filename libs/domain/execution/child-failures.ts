import type { StepError } from './step-error.js';

/** Why a step that runs another workflow failed: the same wherever that run took place. */

/** Runs above one another at most: a workflow that starts itself would never end. */
export const MAX_DEPTH = 10;

export const TOO_DEEP: StepError = {
  class: 'configuration',
  code: 'workflow-nesting-too-deep',
  message: `More than ${MAX_DEPTH} workflows run in one another.`,
  hint: 'See whether a workflow runs itself.',
};

/** The run's own error, class and code kept; its step is none of the parent's, so it stands among the facts. */
export function inheritError(run: string, { step, details, ...error }: StepError): StepError {
  return {
    ...error,
    message: `${step === undefined ? `Run ${run}` : `Step "${step}" of run ${run}`}: ${error.message}`,
    details: { run, ...(step === undefined ? {} : { step }), ...(details === undefined ? {} : { details }) },
  };
}

/** A rejection is no failure of the run that ended by it, but its parent lacks what it asked for. */
export function rejectedError(run: string): StepError {
  return {
    class: 'unknown',
    code: 'workflow-rejected',
    message: `Run ${run} ended because an approval in it was rejected.`,
    hint: 'Give the approval `onReject: continue` where the rejection itself is a result.',
    details: { run },
  };
}

export function stoppedError(run: string, terminated: boolean): StepError {
  return {
    class: 'canceled',
    code: terminated ? 'workflow-terminated' : 'workflow-canceled',
    message: `Run ${run} was ${terminated ? 'terminated in Temporal' : 'canceled'}.`,
    details: { run },
  };
}
