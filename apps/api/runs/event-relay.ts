import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { OperationAnswer, RunGateway } from '#contracts/temporal-port.js';
import { isSluiceError } from '#domain/errors.js';
import { type ClaimedDelivery, EventRepository } from '#persistence/repositories/event-repository.js';
import { DATA_SOURCE, LOGGER, RUN_GATEWAY } from '../tokens.js';
import { computePause, withDeadline } from './delivery.js';
import { logIdsOf } from './log-ids.js';

const POLL_MS = 500;
/** Deliveries at once. */
const CONCURRENT = 20;
/** One delivery; the lease is longer, so that no second relay works on it meanwhile. */
const DELIVERY_MS = 10_000;
const LEASE_MS = 15_000;
const PAUSES = { firstMs: 500, longestMs: 30_000 };

/** Brings what one run emitted to those that waited for it, at least once; the run that gets it takes it once. */
@Injectable()
export class EventRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly events: EventRepository;
  private readonly stopped = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(RUN_GATEWAY) private readonly gateway: RunGateway,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.events = new EventRepository(dataSource.manager);
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const claimed = await this.deliverDue();
      if (claimed < CONCURRENT) await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** How many there were. */
  private async deliverDue(): Promise<number> {
    try {
      const due = await this.events.claimDeliveries(CONCURRENT, LEASE_MS);
      await Promise.all(due.map((delivery) => this.deliver(delivery)));
      return due.length;
    } catch (error) {
      // What was claimed and not noted is claimed again when its lease ends.
      this.logger.warn({ err: error }, 'events between runs cannot be read or noted');
      return 0;
    }
  }

  private async deliver(delivery: ClaimedDelivery): Promise<void> {
    if (delivery.targetEnded) return this.events.closeDelivery(delivery, 'the run had ended');
    const { sourceRun, sequence, targetRun, name, data } = delivery;
    const ids = logIdsOf(targetRun, delivery.correlationId);
    let answer: OperationAnswer;
    try {
      const operation = { type: 'send-event', name, data, by: `run:${sourceRun}`, roles: [] } as const;
      answer = await withDeadline(
        this.gateway.operate(targetRun, operation, `${sourceRun}/${sequence}`),
        DELIVERY_MS,
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (isSluiceError(error) && error.fault === 'user') return this.events.closeDelivery(delivery, reason);
      this.logger.debug({ err: error, ...ids }, 'an event was not delivered');
      return this.events.postponeDelivery(delivery, computePause(delivery.attempts, PAUSES), reason);
    }
    if (answer.outcome === 'done') return this.events.closeDelivery(delivery);
    const note = answer.outcome === 'refused' ? answer.refusal.message : answer.outcome;
    this.logger.info({ ...ids, from: sourceRun, note }, 'an event was not wanted');
    return this.events.closeDelivery(delivery, note);
  }
}
