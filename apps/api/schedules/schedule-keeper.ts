import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { RunGateway } from '#contracts/temporal-port.js';
import type { Postponement } from '#persistence/repositories/outbox-repository.js';
import { type OrderRow, ScheduleDesk } from '#persistence/schedules/schedule-desk.js';
import { ScheduleRepository, type ScheduleRow } from '#persistence/schedules/schedule-repository.js';
import { DELIVERY_TIMES, DeliveryLoop, type DeliveryWork } from '../runs/delivery-loop.js';
import { DATA_SOURCE, LOGGER, RUN_GATEWAY } from '../tokens.js';
import { timingOf } from './schedule.resource.js';

/** Between two looks whether Temporal still has it as it should be. */
const LOOK_MS = 60_000;

/** Makes Temporal equal to the schedules that Postgres has: after each change at once, and now and then in any case. */
@Injectable()
export class ScheduleKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: DeliveryLoop<ScheduleRow>;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(RUN_GATEWAY) gateway: RunGateway,
    @Inject(LOGGER) logger: Logger,
  ) {
    const times = { ...DELIVERY_TIMES, pollMs: 1_000 };
    this.loop = new DeliveryLoop('schedules', new ScheduleWork(dataSource, gateway), times, logger);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Call after a change was committed: it is told at once. */
  nudge(): void {
    this.loop.nudge();
  }
}

class ScheduleWork implements DeliveryWork<ScheduleRow> {
  private readonly desk: ScheduleDesk;

  constructor(
    private readonly dataSource: DataSource,
    private readonly gateway: RunGateway,
  ) {
    this.desk = new ScheduleDesk(dataSource.manager);
  }

  claim(limit: number, leaseMs: number): Promise<readonly ScheduleRow[]> {
    return this.desk.claim(limit, leaseMs);
  }

  check(): Promise<void> {
    return this.gateway.check();
  }

  postpone(schedule: ScheduleRow, postponement: Postponement): Promise<void> {
    return this.desk.postpone(schedule, postponement);
  }

  describe({ id, name, project }: ScheduleRow): Readonly<Record<string, unknown>> {
    return { schedule: id, name, project };
  }

  async deliver(claimed: ScheduleRow): Promise<void> {
    const { schedules } = this.gateway;
    // As it is now: it may have waited for its turn.
    const schedule = await new ScheduleRepository(this.dataSource.manager).findById(claimed.id);
    if (schedule === undefined) return;
    if (schedule.deletedAt !== null) {
      await schedules.remove(schedule.id);
      return this.desk.forget(schedule.id);
    }
    const figures = await schedules.put({
      id: schedule.id,
      revision: schedule.revision,
      timing: timingOf(schedule),
      overlap: schedule.overlap,
      catchUpMs: Number(schedule.catchUpMs),
      paused: schedule.pausedAt === null ? undefined : describePause(schedule),
      summary: `${schedule.name}: ${schedule.workflow}`,
    });
    for (const order of await this.desk.listOpenOrders(schedule.id)) await this.order(order);
    await this.desk.markTold({ ...schedule, looks: claimed.looks }, { ...figures, nextLookMs: LOOK_MS });
  }

  /** Told twice, its ticks stand for the same moments, each of which has one run. */
  private async order({ id, scheduleId, kind, fromAt, toAt, overlap }: OrderRow): Promise<void> {
    const { schedules } = this.gateway;
    if (kind === 'trigger')
      await schedules.trigger(scheduleId, { at: fromAt, ...(overlap === null ? {} : { overlap }) });
    else await schedules.backfill(scheduleId, { from: fromAt, to: toAt, overlap: overlap ?? 'buffer-all' });
    await this.desk.markDelivered(id);
  }
}

function describePause({ pausedBy, pauseReason }: ScheduleRow): string {
  return `Paused by ${pausedBy}${pauseReason === null ? '' : `: ${pauseReason}`}.`;
}
