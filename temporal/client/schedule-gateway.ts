import { randomUUID } from 'node:crypto';
import {
  type CalendarSpec,
  type Client,
  DAYS_OF_WEEK,
  encodeScheduleOverlapPolicy,
  isGrpcServiceError,
  MONTHS,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptions,
  type ScheduleOverlapPolicy,
  type ScheduleSpec,
} from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { QUEUES, SIGNALS, scheduleIdOf, TICK } from '#contracts/names.js';
import type { Overlap, TickInput } from '#contracts/schedules.js';
import type { ScheduleFigures, ScheduleGateway, WantedSchedule } from '#contracts/temporal-port.js';
import type { Cron } from '#domain/schedules/cron.js';
import type { Timing } from '#domain/schedules/timing.js';
import { GRPC_NOT_FOUND } from './grpc-error.js';

/** Shorter than the time that whoever asks has. */
const DEADLINE_MS = 5_000;

const POLICIES: { readonly [O in Overlap]: ScheduleOverlapPolicy } = {
  skip: 'SKIP',
  'buffer-one': 'BUFFER_ONE',
  'buffer-all': 'BUFFER_ALL',
  'cancel-other': 'CANCEL_OTHER',
  'allow-all': 'ALLOW_ALL',
};

export function createScheduleGateway(client: Client): ScheduleGateway {
  const inTime = <T>(work: () => Promise<T>): Promise<T> =>
    client.withDeadline(Date.now() + DEADLINE_MS, work);
  return {
    put: (schedule) => inTime(() => put(client, schedule)),
    remove: (schedule) => inTime(() => remove(client, schedule)),
    trigger: (schedule, { at, overlap }) =>
      inTime(() =>
        patch(client, schedule, {
          triggerImmediately: {
            scheduledTime: msToTs(at.getTime()),
            overlapPolicy: (overlap && encodeScheduleOverlapPolicy(POLICIES[overlap])) ?? null,
          },
        }),
      ),
    backfill: (schedule, { from, to, overlap }) =>
      inTime(() =>
        patch(client, schedule, {
          backfillRequest: [
            {
              // Temporal's own start is exclusive.
              startTime: msToTs(from.getTime() - 1),
              endTime: msToTs(to.getTime()),
              overlapPolicy: encodeScheduleOverlapPolicy(POLICIES[overlap]) ?? null,
            },
          ],
        }),
      ),
    endTick: (workflowId, end) =>
      inTime(async () => {
        try {
          await client.workflow.getHandle(workflowId).signal(SIGNALS.tickOver, end);
          return true;
        } catch (error) {
          if (isGone(error)) return false;
          throw error;
        }
      }),
  };
}

/** Two processes may do it at once: then both write the same, or the next look mends it. */
async function put(client: Client, wanted: WantedSchedule): Promise<ScheduleFigures> {
  const handle = client.schedule.getHandle(scheduleIdOf(wanted.id));
  try {
    const found = await handle.describe();
    if (!isAsWanted(found, wanted)) {
      const { spec, action, policies, state } = describe(wanted);
      await handle.update(() => ({ spec, action, policies, state: { ...found.state, ...state } }));
    }
    const { numActionsSkippedOverlap: skipped, numActionsMissedCatchupWindow: missed } = found.info;
    return { skipped, missed };
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
  try {
    await client.schedule.create(describe(wanted));
  } catch (error) {
    // Another process was faster.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  return { skipped: 0, missed: 0 };
}

function isAsWanted({ action, state }: ScheduleDescription, { revision, paused }: WantedSchedule): boolean {
  const told = (action.args?.[0] as TickInput | undefined)?.revision ?? 0;
  return told > revision || (told === revision && state.paused === (paused !== undefined));
}

function describe(wanted: WantedSchedule) {
  const { id, revision, timing, overlap, catchUpMs, paused, summary } = wanted;
  const input: TickInput = { schedule: id, revision };
  return {
    scheduleId: scheduleIdOf(id),
    spec: specOf(timing),
    action: {
      type: 'startWorkflow',
      workflowType: TICK,
      workflowId: scheduleIdOf(id),
      taskQueue: QUEUES.orchestration,
      args: [input],
      staticSummary: summary,
    },
    policies: { overlap: POLICIES[overlap], catchupWindow: catchUpMs },
    state: { paused: paused !== undefined, note: paused ?? '' },
  } satisfies ScheduleOptions;
}

function specOf({ crons, every, timeZone, startsAt, endsAt, jitterMs }: Timing): ScheduleSpec {
  return {
    calendars: crons.flatMap(calendarsOf),
    intervals: every === undefined ? [] : [{ every: every.everyMs, offset: every.offsetMs }],
    timezone: timeZone,
    jitter: jitterMs,
    ...(startsAt === undefined ? {} : { startAt: new Date(startsAt) }),
    ...(endsAt === undefined ? {} : { endAt: new Date(endsAt) }),
  };
}

/** Calendars rather than the text, which Temporal reads by rules of its own: there both days must match. */
function calendarsOf(cron: Cron): CalendarSpec[] {
  const time = {
    second: 0,
    minute: rangesOf(cron.minutes),
    hour: rangesOf(cron.hours),
    month: cron.months.map((month) => MONTHS[month - 1]!),
  };
  const dayOfMonth = rangesOf(cron.daysOfMonth);
  const dayOfWeek = cron.daysOfWeek.map((day) => DAYS_OF_WEEK[day]!);
  if (!cron.eitherDay) return [{ ...time, dayOfMonth, dayOfWeek }];
  return [
    { ...time, dayOfMonth, dayOfWeek: '*' },
    { ...time, dayOfMonth: '*', dayOfWeek },
  ];
}

/** Values that follow one another, as one. */
function rangesOf(values: readonly number[]): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  for (const value of values) {
    const last = ranges.at(-1);
    if (last?.end === value - 1) last.end = value;
    else ranges.push({ start: value, end: value });
  }
  return ranges;
}

async function patch(
  client: Client,
  schedule: string,
  change: NonNullable<Parameters<Client['workflowService']['patchSchedule']>[0]['patch']>,
): Promise<void> {
  await client.workflowService.patchSchedule({
    namespace: client.options.namespace,
    scheduleId: scheduleIdOf(schedule),
    requestId: randomUUID(),
    patch: change,
  });
}

async function remove(client: Client, schedule: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleIdOf(schedule)).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

function isGone(error: unknown): boolean {
  if (error instanceof Error && error.name === 'WorkflowNotFoundError') return true;
  return isGrpcServiceError(error) && error.code === GRPC_NOT_FOUND;
}
