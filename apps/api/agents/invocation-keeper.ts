import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { RunGateway } from '#contracts/temporal-port.js';
import { closeInvocation } from '#persistence/agents/agent-store.js';
import { InvocationRepository, type InvocationRow } from '#persistence/agents/invocation-repository.js';
import { withDeadline } from '../runs/delivery.js';
import { DATA_SOURCE, LOGGER, RUN_GATEWAY } from '../tokens.js';

const POLL_MS = 1_000;
/** Invocations at once. */
const CONCURRENT = 50;
const TELL_MS = 5_000;
/** Four times within the silence after which Temporal takes an attempt for lost. */
const BEAT_MS = 15_000;
/** How long an answer is kept for an attempt that has still to take it. */
const KEPT_MS = 3_600_000;

/**
 * Stands in for the worker of each attempt that an agent goes on with: tells Temporal that it lives, that its answer has
 * come, or that it was given up. Several processes share the work; what one leaves unfinished another takes over.
 */
@Injectable()
export class InvocationKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly invocations: InvocationRepository;
  private readonly stopped = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private bell = Promise.withResolvers<void>();

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(RUN_GATEWAY) private readonly gateway: RunGateway,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.invocations = new InvocationRepository(dataSource.manager);
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    this.nudge();
    await this.running;
  }

  /** There is news: look at once. */
  nudge(): void {
    this.bell.resolve();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      this.bell = Promise.withResolvers();
      if ((await this.tellDue()) === CONCURRENT) continue;
      const over = new AbortController();
      const pause = sleep(POLL_MS, undefined, { signal: over.signal }).catch(() => undefined);
      await Promise.race([pause, this.bell.promise]);
      over.abort();
    }
  }

  /** How many there were. */
  private async tellDue(): Promise<number> {
    try {
      const due = await this.invocations.claimDue(CONCURRENT, BEAT_MS);
      await Promise.all(due.map((invocation) => this.tell(invocation)));
      return due.length;
    } catch (error) {
      this.logger.warn({ err: error }, 'what is under way at agents cannot be read');
      return 0;
    }
  }

  /** What cannot be told now is due again soon. */
  private async tell(invocation: InvocationRow): Promise<void> {
    const work =
      invocation.state === 'answered' ? this.tellAnswered(invocation) : this.tellWaiting(invocation);
    try {
      await withDeadline(work, TELL_MS);
    } catch (error) {
      this.logger.debug(
        { err: error, runId: invocation.runId, invocation: invocation.id },
        'Temporal was not told',
      );
    }
  }

  /** The worker that takes it up closes it. Where the attempt is gone meanwhile, another one may come for the answer. */
  private async tellAnswered({ id, taskToken, attempt, answeredAt }: InvocationRow): Promise<void> {
    if (answeredAt !== null && answeredAt.getTime() < Date.now() - KEPT_MS) return this.close(id);
    await this.gateway.attempts.takeUp(taskToken, attempt);
    await this.invocations.postpone(id, KEPT_MS);
  }

  private async tellWaiting({ id, taskToken }: InvocationRow): Promise<void> {
    const { attempts } = this.gateway;
    const found = await attempts.beat(taskToken);
    if (found === 'waiting') return;
    if (found === 'cancel-requested') await attempts.reportCanceled(taskToken);
    await this.close(id);
  }

  private close(id: string): Promise<void> {
    return closeInvocation(this.dataSource.manager, id);
  }
}
