import {
  CancellationScope,
  CancelledFailure,
  condition,
  continueAsNew,
  defineSignal,
  scheduleActivity,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { ACTIVITIES, QUEUES, SIGNALS } from '#contracts/names.js';
import type { TickEnd, TickInput, TickNote } from '#contracts/schedules.js';

/** Given by Temporal to what a schedule starts: the moment that it stands for, without jitter. */
const NOMINAL = 'TemporalScheduledStartTime';

/** Who should tell of the end may be unable to: it is asked for, too. */
const LOOK_MS = 600_000;
const LOOKS = 500;

/**
 * One moment of a schedule. It notes that moment, from which the control plane starts a run, and lasts until that run has
 * ended: by that Temporal knows whether the next tick overlaps it. Canceled, it has its run canceled and waits for the end.
 */
export async function tick(input: TickInput): Promise<TickEnd> {
  const { workflowId, startTime } = workflowInfo();
  const at = input.at ?? readNominal() ?? Math.floor(startTime.getTime() / 1_000) * 1_000;
  let end: TickEnd | undefined;
  let canceled = false;
  setHandler(defineSignal<[TickEnd]>(SIGNALS.tickOver), (told) => {
    end ??= told;
  });
  const root = CancellationScope.current();
  root.cancelRequested.catch(() => {
    canceled = true;
  });
  await CancellationScope.nonCancellable(async () => {
    for (let looks = 0; end === undefined && looks < LOOKS; looks++) {
      const before = canceled;
      const known = await noteTick({ schedule: input.schedule, at, workflowId, canceled });
      end ??= known ?? undefined;
      if (end === undefined) await condition(() => end !== undefined || canceled !== before, LOOK_MS);
    }
  });
  if (end === undefined) return continueAsNew<typeof tick>({ ...input, at });
  if (canceled && end.outcome === 'canceled') throw new CancelledFailure('Canceled.', [end]);
  return end;
}

function readNominal(): number | undefined {
  const value: unknown = workflowInfo().searchAttributes?.[NOMINAL]?.[0];
  return value instanceof Date ? value.getTime() : undefined;
}

function noteTick(note: TickNote): Promise<TickEnd | undefined> {
  return scheduleActivity<TickEnd | undefined>(ACTIVITIES.noteTick, [note], {
    taskQueue: QUEUES.orchestration,
    startToCloseTimeout: '30s',
    retry: { initialInterval: '500ms', maximumInterval: '10s' },
  });
}
