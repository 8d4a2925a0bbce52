import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { BackfillRequest, TriggerRequest } from '#contracts/rest/schedules.js';
import { parseMoment } from '#domain/definition/moment.js';
import type { Json } from '#domain/json.js';
import { listTimes } from '#domain/schedules/times.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { type OrderRow, ScheduleDesk } from '#persistence/schedules/schedule-desk.js';
import { ScheduleRepository, type ScheduleRow } from '#persistence/schedules/schedule-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { scheduleNotFound } from './find-schedule.js';
import { refuse } from './read-schedule.js';
import { timingOf } from './schedule.resource.js';
import { ScheduleKeeper } from './schedule-keeper.js';

/** Runs of one backfill. */
const MAX_TICKS = 500;
const MAX_STRETCH_MS = 366 * 86_400_000;
const MAX_OPEN_ORDERS = 20;

interface Ordered {
  readonly order: OrderRow;
  readonly ticks: number;
}

/** Pauses and resumes schedules, and orders ticks of them. Temporal is told as soon as it can be. */
@Injectable()
export class OperateSchedule {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(ScheduleKeeper) private readonly keeper: ScheduleKeeper,
  ) {}

  /** One that is paused stays as it is. Throws SluiceError `schedule-not-found`. */
  pause(id: string, reason: string | undefined, caller: Caller): Promise<ScheduleRow> {
    return this.change(id, caller, async (manager, schedule) => {
      if (schedule.pausedAt !== null) return schedule;
      const schedules = new ScheduleRepository(manager);
      await schedules.pause(schedule.id, caller.actor, reason);
      await record(manager, caller, 'schedule.pause', { schedule, reason });
      return (await schedules.findById(schedule.id))!;
    });
  }

  /** Ticks that it has missed do not come. Throws SluiceError `schedule-not-found`. */
  resume(id: string, reason: string | undefined, caller: Caller): Promise<ScheduleRow> {
    return this.change(id, caller, async (manager, schedule) => {
      if (schedule.pausedAt === null) return schedule;
      const schedules = new ScheduleRepository(manager);
      await schedules.resume(schedule.id);
      await record(manager, caller, 'schedule.resume', { schedule, reason });
      return (await schedules.findById(schedule.id))!;
    });
  }

  /** One tick now, also of a paused one. Throws SluiceError `schedule-not-found`, `schedule-busy`. */
  trigger(id: string, { overlap, reason }: TriggerRequest, caller: Caller): Promise<Ordered> {
    return this.change(id, caller, async (manager, schedule) => {
      const desk = await openDesk(manager, schedule);
      const order = await desk.orderTrigger(orderOf(schedule, overlap, caller));
      const after = { at: order.fromAt.toISOString(), overlap: overlap ?? schedule.overlap };
      await record(manager, caller, 'schedule.trigger', { schedule, reason, after });
      return { order, ticks: 1 };
    });
  }

  /**
   * Also of a paused one. A moment that has had its run gets no other. Throws SluiceError `schedule-not-found`,
   * `request-invalid`, `backfill-too-large`, `schedule-busy`.
   */
  backfill(
    id: string,
    { overlap = 'buffer-all', reason, ...stretch }: BackfillRequest,
    caller: Caller,
  ): Promise<Ordered> {
    return this.change(id, caller, async (manager, schedule) => {
      const { from, to } = readStretch(stretch, Date.now());
      const ticks = countTicks(schedule, from, to);
      const desk = await openDesk(manager, schedule);
      const order = await desk.orderBackfill(orderOf(schedule, overlap, caller), {
        from: new Date(from),
        to: new Date(to),
      });
      await record(manager, caller, 'schedule.backfill', {
        schedule,
        reason,
        after: { ...stretch, overlap, ticks },
      });
      return { order, ticks };
    });
  }

  private async change<T>(
    idOrName: string,
    caller: Caller,
    work: (manager: EntityManager, schedule: ScheduleRow) => Promise<T>,
  ): Promise<T> {
    const result = await this.dataSource.transaction(async (manager) => {
      const schedule = await new ScheduleRepository(manager).find(caller.project, idOrName, true);
      if (schedule === undefined) throw scheduleNotFound();
      return work(manager, schedule);
    });
    this.keeper.nudge();
    return result;
  }
}

async function openDesk(manager: EntityManager, { id, name }: ScheduleRow): Promise<ScheduleDesk> {
  const desk = new ScheduleDesk(manager);
  const open = await desk.countOpenOrders(id);
  if (open < MAX_OPEN_ORDERS) return desk;
  throw problemError('schedule-busy', `${open} orders of ${name} still wait for Temporal.`);
}

function orderOf({ id, project }: ScheduleRow, overlap: TriggerRequest['overlap'], { actor }: Caller) {
  return { project, schedule: id, overlap, by: actor };
}

function readStretch({ from, to }: Pick<BackfillRequest, 'from' | 'to'>, now: number) {
  const first = parseMoment(from);
  const last = parseMoment(to);
  const moment = 'must be a moment in the form of RFC 3339, as 2026-11-22T08:30:00Z';
  if (first === undefined) throw refuse([{ path: 'from', message: moment }]);
  if (last === undefined) throw refuse([{ path: 'to', message: moment }]);
  if (last < first) throw refuse([{ path: 'to', message: 'must not be before `from`' }]);
  if (last > now) throw refuse([{ path: 'to', message: 'must not be in the future' }]);
  if (last - first > MAX_STRETCH_MS)
    throw refuse([{ path: 'to', message: 'must be at most 366 days after `from`' }]);
  return { from: first, to: last };
}

function countTicks(schedule: ScheduleRow, from: number, to: number): number {
  const { length } = listTimes(timingOf(schedule), { after: from - 1, until: to, limit: MAX_TICKS + 1 });
  if (length === 0) throw refuse([{ path: 'to', message: 'leaves no tick between `from` and it' }]);
  if (length <= MAX_TICKS) return length;
  throw problemError(
    'backfill-too-large',
    `${schedule.name} ticks more than ${MAX_TICKS} times between ${new Date(from).toISOString()} and ${new Date(to).toISOString()}.`,
  );
}

function record(
  manager: EntityManager,
  caller: Caller,
  action: 'schedule.pause' | 'schedule.resume' | 'schedule.trigger' | 'schedule.backfill',
  change: { readonly schedule: ScheduleRow; readonly after?: Json; readonly reason: string | undefined },
): Promise<void> {
  const { schedule, ...rest } = change;
  return new AuditRepository(manager).add({
    ...caller,
    ...rest,
    action,
    objectType: 'schedule',
    objectId: schedule.id,
  });
}
