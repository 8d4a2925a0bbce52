import type { RunResult } from '#contracts/run.js';
import type { RunDescription } from '#contracts/temporal-port.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { SilentRun } from '#persistence/repositories/run-repository.js';

/** What to do about a run that the projection shows as open. */
export type Repair =
  | { readonly type: 'start-again' }
  /** `stepError`: of the steps that are still shown as running. */
  | { readonly type: 'end'; readonly result: RunResult; readonly stepError: StepError };

const RECORD_LOST: StepError = {
  class: 'infrastructure',
  code: 'step-record-lost',
  message: 'The run ended before the end of this step was recorded.',
};

/** Undefined when all is well. */
export function decideRepair(run: SilentRun, found: RunDescription): Repair | undefined {
  switch (found.status) {
    case 'running':
      return undefined;
    case 'completed':
    case 'failed':
      return found.result === undefined
        ? fail(
            'run-engine-failed',
            `The run failed outside its definition: ${found.reason ?? 'no reason was given'}.`,
          )
        : { type: 'end', result: found.result, stepError: RECORD_LOST };
    case 'canceled':
      return cancel(run);
    case 'terminated':
      return fail(
        'run-terminated-outside',
        'The run was terminated in Temporal, outside Sluice.',
        found.reason,
      );
    case 'timed-out':
      return fail('run-timed-out-outside', 'Temporal ended the run for lack of time.', found.reason);
    case 'not-found':
      return repairMissing(run, found);
  }
}

/**
 * Of a run that was never heard of, nothing can have been done: starting it again is harmless, unless it may have come to
 * its end unheard and so long ago that its history was removed. But one that a step of another run starts is that step's
 * to start, as long as it can.
 */
function repairMissing(
  run: SilentRun,
  { keptMs = Number.POSITIVE_INFINITY }: RunDescription,
): Repair | undefined {
  if (run.heardOf)
    return fail(
      'run-history-lost',
      'Temporal no longer has the history of this run: it was deleted, or it ended longer ago than histories are kept.',
    );
  if (run.parentOver === false) return undefined;
  if (run.cancelBy !== null) return cancel(run);
  if (run.parentOver !== null) return abandon();
  if (run.handedOverMs < keptMs) return { type: 'start-again' };
  return fail(
    'run-history-lost',
    'Temporal was told of this run so long ago that its history may be gone; it may have done its work.',
  );
}

function cancel(run: SilentRun): Repair {
  const error: StepError =
    run.cancelBy === null
      ? {
          class: 'canceled',
          code: 'run-canceled-outside',
          message: 'The run was canceled in Temporal, outside Sluice.',
        }
      : {
          class: 'canceled',
          code: 'run-canceled',
          message: `The run was canceled by ${run.cancelBy}${run.cancelReason === null ? '' : `: ${run.cancelReason}`}.`,
        };
  return { type: 'end', result: { status: 'canceled', error }, stepError: error };
}

function abandon(): Repair {
  const error: StepError = {
    class: 'canceled',
    code: 'run-abandoned',
    message: 'The step that was about to start this run ended before it did.',
  };
  return { type: 'end', result: { status: 'canceled', error }, stepError: error };
}

function fail(code: string, message: string, reason?: string): Repair {
  const error: StepError = {
    class: 'infrastructure',
    code,
    message: reason === undefined ? message : `${message} Reason given: ${reason}.`,
    hint: 'Look at the run in the Temporal Web UI; start it again if its work is still wanted.',
  };
  return { type: 'end', result: { status: 'failed', error }, stepError: error };
}
