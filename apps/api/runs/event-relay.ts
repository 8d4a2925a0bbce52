import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { RunGateway } from '#contracts/temporal-port.js';
import { isSluiceError } from '#domain/errors.js';
import { type ClaimedDelivery, EventRepository } from '#persistence/repositories/event-repository.js';
import type { Postponement } from '#persistence/repositories/outbox-repository.js';
import { DATA_SOURCE, LOGGER, RUN_GATEWAY } from '../tokens.js';
import { DELIVERY_TIMES, DeliveryLoop, type DeliveryWork } from './delivery-loop.js';

const TIMES = { ...DELIVERY_TIMES, pollMs: 500 };

/** Brings what one run emitted to those that waited for it, at least once; the run that gets it takes it once. */
@Injectable()
export class EventRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: DeliveryLoop<ClaimedDelivery>;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(RUN_GATEWAY) gateway: RunGateway,
    @Inject(LOGGER) logger: Logger,
  ) {
    const work = new EventWork(new EventRepository(dataSource.manager), gateway, logger);
    this.loop = new DeliveryLoop('events between runs', work, TIMES, logger);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }
}

class EventWork implements DeliveryWork<ClaimedDelivery> {
  constructor(
    private readonly events: EventRepository,
    private readonly gateway: RunGateway,
    private readonly logger: Logger,
  ) {}

  claim(limit: number, leaseMs: number): Promise<readonly ClaimedDelivery[]> {
    return this.events.claimDeliveries(limit, leaseMs);
  }

  check(): Promise<void> {
    return this.gateway.check();
  }

  async deliver(delivery: ClaimedDelivery): Promise<void> {
    await this.events.closeDelivery(delivery, await this.tell(delivery));
  }

  postpone(delivery: ClaimedDelivery, postponement: Postponement): Promise<void> {
    return this.events.postponeDelivery(delivery, postponement);
  }

  describe({ targetRun, sourceRun }: ClaimedDelivery): Readonly<Record<string, unknown>> {
    return { runId: targetRun, from: sourceRun };
  }

  /** Why it was not wanted; undefined when it was taken. */
  private async tell(delivery: ClaimedDelivery): Promise<string | undefined> {
    if (delivery.targetEnded) return 'the run had ended';
    const { sourceRun, sequence, targetRun, name, data } = delivery;
    const operation = { type: 'send-event', name, data, by: `run:${sourceRun}`, roles: [] } as const;
    try {
      const answer = await this.gateway.operate(targetRun, operation, `${sourceRun}/${sequence}`);
      if (answer.outcome === 'done') return undefined;
      const note = answer.outcome === 'refused' ? answer.refusal.message : answer.outcome;
      this.logger.info({ runId: targetRun, from: sourceRun, note }, 'an event was not wanted');
      return note;
    } catch (error) {
      if (isSluiceError(error) && error.fault === 'user') return error.message;
      throw error;
    }
  }
}
