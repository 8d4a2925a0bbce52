import { randomUUID } from 'node:crypto';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource, EntityManager } from 'typeorm';
import type { TickOutcome } from '#contracts/schedules.js';
import type { RunGateway } from '#contracts/temporal-port.js';
import { isSluiceError, type SluiceError } from '#domain/errors.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import type { Postponement } from '#persistence/repositories/outbox-repository.js';
import { RunRepository } from '#persistence/repositories/run-repository.js';
import { ScheduleRepository, type ScheduleRow } from '#persistence/schedules/schedule-repository.js';
import { TickRepository, type TickRow } from '#persistence/schedules/tick-repository.js';
import type { Caller } from '../http/caller.js';
import { Metrics } from '../observability/metrics.js';
import { CancelRun } from '../runs/cancel-run.js';
import { DELIVERY_TIMES, DeliveryLoop, type DeliveryWork } from '../runs/delivery-loop.js';
import { StartRun } from '../runs/start-run.js';
import { DATA_SOURCE, LOGGER, RUN_GATEWAY } from '../tokens.js';
import { FindWorkflow } from '../workflows/find-workflow.js';
import { ScheduleKeeper } from './schedule-keeper.js';

/**
 * Accepts the run of each tick as any other run is accepted, so that freezes, concurrency groups and the log of what was
 * done hold for it too, and tells Temporal when it has ended.
 */
@Injectable()
export class TickKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown, DeliveryWork<TickRow> {
  private readonly loop: DeliveryLoop<TickRow>;
  private readonly ticks: TickRepository;

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(RUN_GATEWAY) private readonly gateway: RunGateway,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(StartRun) private readonly startRun: StartRun,
    @Inject(CancelRun) private readonly cancelRun: CancelRun,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
    @Inject(ScheduleKeeper) private readonly keeper: ScheduleKeeper,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {
    this.ticks = new TickRepository(dataSource.manager);
    this.loop = new DeliveryLoop('ticks of schedules', this, DELIVERY_TIMES, logger);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  claim(limit: number, leaseMs: number): Promise<readonly TickRow[]> {
    return this.ticks.claim(limit, leaseMs);
  }

  check(): Promise<void> {
    return this.gateway.check();
  }

  postpone(tick: TickRow, postponement: Postponement): Promise<void> {
    return this.ticks.postpone(tick, postponement);
  }

  describe({ scheduleId, at, runId }: TickRow): Readonly<Record<string, unknown>> {
    return { schedule: scheduleId, at: at.toISOString(), ...(runId === null ? {} : { runId }) };
  }

  async deliver(tick: TickRow): Promise<void> {
    if (tick.outcome !== null) return this.tell(tick, tick.outcome);
    if (tick.runId === null) return this.begin(tick);
    if (tick.runEnded) return this.finish(tick, tick.runStatus as TickOutcome | null);
    return this.cancel(tick, tick.runId);
  }

  private async begin(tick: TickRow): Promise<void> {
    const schedule = await new ScheduleRepository(this.dataSource.manager).findById(tick.scheduleId);
    if (schedule === undefined) return;
    const key = keyOf(tick);
    const earlier = await new RunRepository(this.dataSource.manager).findByIdempotencyKey(tick.project, key);
    if (earlier !== undefined) return this.ticks.noteRun(tick, earlier.id);
    if (schedule.deletedAt !== null) return this.end(tick, 'gone');
    if (tick.cancelAsked) return this.end(tick, 'canceled');
    try {
      const run = await this.start(schedule, key);
      await this.ticks.noteRun(tick, run.id);
      this.metrics.tickHandled('started');
    } catch (error) {
      if (!isSluiceError(error) || error.fault !== 'user') throw error;
      await this.giveUp(tick, schedule, error);
    }
  }

  private async start(schedule: ScheduleRow, idempotencyKey: string) {
    const { project, version, inputs } = schedule;
    return this.startRun.start({
      workflow: await this.findWorkflow.require(project, schedule.workflowId),
      version: version ?? undefined,
      inputs,
      idempotencyKey,
      trigger: 'schedule',
      caller: callerOf(schedule),
    });
  }

  /** No run will come of it. */
  private async giveUp(tick: TickRow, schedule: ScheduleRow, { code, message }: SluiceError): Promise<void> {
    const paused = await this.dataSource.transaction(async (manager) => {
      const ticks = new TickRepository(manager);
      if (!(await ticks.noteOutcome(tick, 'not-started', { code, message }))) return false;
      await new ScheduleRepository(manager).noteError(schedule.id, {
        code,
        message,
        at: tick.at.toISOString(),
      });
      return pauseAfterFailure(
        manager,
        schedule,
        `The tick of ${tick.at.toISOString()} started no run: ${message}`,
      );
    });
    this.metrics.tickHandled('not-started');
    this.logger.warn(
      { ...this.describe(tick), name: schedule.name, code, reason: message },
      'a tick started no run',
    );
    if (paused) this.keeper.nudge();
    await this.tell(tick, 'not-started');
  }

  /** @param status null where the run is not kept any more */
  private async finish(tick: TickRow, status: TickOutcome | null): Promise<void> {
    const outcome = status ?? 'gone';
    const paused = await this.dataSource.transaction(async (manager) => {
      if (!(await new TickRepository(manager).noteOutcome(tick, outcome)) || outcome !== 'failed')
        return false;
      const schedule = await new ScheduleRepository(manager).findById(tick.scheduleId, true);
      return schedule !== undefined && pauseAfterFailure(manager, schedule, `Run ${tick.runId} failed.`);
    });
    if (paused) this.keeper.nudge();
    await this.tell(tick, outcome);
  }

  private async cancel(tick: TickRow, run: string): Promise<void> {
    const schedule = await new ScheduleRepository(this.dataSource.manager).findById(tick.scheduleId);
    if (schedule === undefined) return;
    try {
      await this.cancelRun.cancel(run, 'Its tick was canceled.', callerOf(schedule));
    } catch (error) {
      // It has ended meanwhile.
      if (!isSluiceError(error) || error.fault !== 'user') throw error;
    }
    await this.ticks.noteCancelTold(tick);
  }

  private async end(tick: TickRow, outcome: TickOutcome): Promise<void> {
    await this.ticks.noteOutcome(tick, outcome);
    await this.tell(tick, outcome);
  }

  /** From then on the next tick overlaps this one no more. */
  private async tell(tick: TickRow, outcome: TickOutcome): Promise<void> {
    await this.gateway.schedules.endTick(tick.workflowId, { outcome });
    await this.ticks.close(tick);
  }
}

/** No caller of the API can have sent it: an Idempotency-Key holds no space. */
function keyOf({ scheduleId, at }: TickRow): string {
  return `schedule ${scheduleId} ${at.toISOString()}`;
}

function callerOf({ name, project }: ScheduleRow): Caller {
  return { actor: `schedule:${name}`, project, roles: [], correlationId: randomUUID() };
}

/** Before Temporal hears of the end: no tick that waited for it starts a run. */
async function pauseAfterFailure(
  manager: EntityManager,
  schedule: ScheduleRow,
  reason: string,
): Promise<boolean> {
  if (!schedule.pauseOnFailure || schedule.pausedAt !== null) return false;
  const caller = callerOf(schedule);
  await new ScheduleRepository(manager).pause(schedule.id, caller.actor, reason.slice(0, 1_000));
  await new AuditRepository(manager).add({
    ...caller,
    action: 'schedule.pause',
    objectType: 'schedule',
    objectId: schedule.id,
    reason,
  });
  return true;
}
