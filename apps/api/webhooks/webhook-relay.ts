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
import type { Postponement } from '#persistence/repositories/outbox-repository.js';
import { type ClaimedMessage, MessageRepository } from '#persistence/webhooks/message-repository.js';
import { DELIVERY_TIMES, DeliveryLoop, type DeliveryWork } from '../runs/delivery-loop.js';
import { logIdsOf } from '../runs/log-ids.js';
import { DATA_SOURCE, LOGGER, RUN_GATEWAY } from '../tokens.js';

/** Brings events from outside to runs, at least once; the run that gets one takes it once. */
@Injectable()
export class WebhookRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: DeliveryLoop<ClaimedMessage>;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(RUN_GATEWAY) gateway: RunGateway,
    @Inject(LOGGER) logger: Logger,
  ) {
    const work = new MessageWork(new MessageRepository(dataSource.manager), gateway, logger);
    this.loop = new DeliveryLoop('events from outside', work, { ...DELIVERY_TIMES, pollMs: 1_000 }, logger);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Call after a message was committed. */
  nudge(): void {
    this.loop.nudge();
  }
}

class MessageWork implements DeliveryWork<ClaimedMessage> {
  constructor(
    private readonly messages: MessageRepository,
    private readonly gateway: RunGateway,
    private readonly logger: Logger,
  ) {}

  claim(limit: number, leaseMs: number): Promise<readonly ClaimedMessage[]> {
    return this.messages.claim(limit, leaseMs);
  }

  check(): Promise<void> {
    return this.gateway.check();
  }

  async deliver(message: ClaimedMessage): Promise<void> {
    await this.messages.close(message, await this.tell(message));
  }

  postpone(message: ClaimedMessage, postponement: Postponement): Promise<void> {
    return this.messages.postpone(message, postponement);
  }

  describe({ targetRun, deliveryId, correlationId }: ClaimedMessage): Readonly<Record<string, unknown>> {
    return { ...logIdsOf(targetRun, correlationId), delivery: deliveryId };
  }

  /** Why it was not wanted; undefined when it was taken. */
  private async tell(message: ClaimedMessage): Promise<string | undefined> {
    if (message.targetEnded) return 'the run had ended';
    const { deliveryId, targetRun, event: name, data, sender: by } = message;
    try {
      const operation = { type: 'send-event', name, data, by, roles: [] } as const;
      const answer = await this.gateway.operate(targetRun, operation, `webhook/${deliveryId}`);
      if (answer.outcome === 'done') return undefined;
      const note = answer.outcome === 'refused' ? answer.refusal.message : answer.outcome;
      this.logger.info({ ...this.describe(message), note }, 'an event was not wanted');
      return note;
    } catch (error) {
      if (isSluiceError(error) && error.fault === 'user') return error.message;
      throw error;
    }
  }
}
