import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { RunGateway } from '#contracts/temporal-port.js';
import { isSluiceError, type SluiceError } from '#domain/errors.js';
import type { StepError } from '#domain/execution/step-error.js';
import {
  type ClaimedMessage,
  OutboxRepository,
  type Postponement,
} from '#persistence/repositories/outbox-repository.js';
import { RunRepository, type RunRow } from '#persistence/repositories/run-repository.js';
import { RunNotifier } from '#persistence/run-notifier.js';
import { DATA_SOURCE, LOGGER, RUN_GATEWAY } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';
import { computePause } from './delivery.js';
import { DELIVERY_TIMES, DeliveryLoop, type DeliveryTimes, type DeliveryWork } from './delivery-loop.js';

/** Tells Temporal what the outbox holds, at least once, as soon as Temporal can be told. */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: DeliveryLoop<ClaimedMessage>;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(RUN_GATEWAY) gateway: RunGateway,
    @Inject(LOGGER) logger: Logger,
    @Inject(FindVersion) findVersion: FindVersion,
  ) {
    this.loop = createOutboxLoop({ dataSource, gateway, logger, findVersion }, DELIVERY_TIMES);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** Call after a message was committed: it is looked for at once. */
  nudge(): void {
    this.loop.nudge();
  }
}

interface Surroundings {
  readonly dataSource: DataSource;
  readonly gateway: RunGateway;
  readonly logger: Logger;
  readonly findVersion: Pick<FindVersion, 'require'>;
}

export function createOutboxLoop(
  surroundings: Surroundings,
  times: DeliveryTimes,
): DeliveryLoop<ClaimedMessage> {
  const work = new OutboxWork(surroundings, times);
  return new DeliveryLoop('starts and cancels', work, times, surroundings.logger);
}

class OutboxWork implements DeliveryWork<ClaimedMessage> {
  private readonly outbox: OutboxRepository;
  private readonly runs: RunRepository;
  private readonly notifier: RunNotifier;

  constructor(
    private readonly surroundings: Surroundings,
    private readonly times: DeliveryTimes,
  ) {
    const { dataSource } = surroundings;
    this.outbox = new OutboxRepository(dataSource.manager);
    this.runs = new RunRepository(dataSource.manager);
    this.notifier = new RunNotifier(dataSource);
  }

  claim(limit: number, leaseMs: number): Promise<readonly ClaimedMessage[]> {
    return this.outbox.claim(limit, leaseMs);
  }

  check(): Promise<void> {
    return this.surroundings.gateway.check();
  }

  async deliver(message: ClaimedMessage): Promise<void> {
    const run = await this.runs.find(message.project, message.runId);
    if (run !== undefined) {
      const answer = message.kind === 'start' ? await this.start(message, run) : await this.cancel(run);
      if (answer === 'settled') return;
      if (answer === 'too-early') return this.comeBack(message, 'not begun yet');
    }
    await this.outbox.markDelivered(message.id);
  }

  async postpone(message: ClaimedMessage, postponement: Postponement): Promise<void> {
    await this.outbox.postpone(message, postponement);
    this.notifier.notify(message.runId);
  }

  describe({ runId, kind }: ClaimedMessage): Readonly<Record<string, unknown>> {
    return { runId, kind };
  }

  private async comeBack(message: ClaimedMessage, reason: string): Promise<void> {
    const pauseMs = computePause(message.attempts, this.times.awayPauses);
    await this.outbox.postpone(message, { pauseMs, reason, failures: message.failures, setAside: false });
  }

  private async start(message: ClaimedMessage, run: RunRow): Promise<'told' | 'settled'> {
    const { gateway, findVersion } = this.surroundings;
    const { plan } = await findVersion.require(run);
    const seed = run.rerunOf === null ? undefined : await this.runs.findSeed(run.id);
    try {
      await gateway.start({
        plan,
        inputs: run.inputs,
        project: run.project,
        run: {
          id: run.id,
          workflow: run.workflow,
          version: run.version,
          trigger: run.trigger,
          startedBy: run.startedBy,
          startedAt: run.createdAt.toISOString(),
        },
        ...(seed === undefined ? {} : { seed }),
      });
      return 'told';
    } catch (error) {
      if (!isSluiceError(error) || error.fault !== 'user') throw error;
      await this.refuse(message, error);
      return 'settled';
    }
  }

  /**
   * A run that Temporal does not know, or that has ended, is the reconciler's; unless it may only be about to be started,
   * by a step of another run or by an attempt that a relay gave up.
   */
  private async cancel(run: RunRow): Promise<'told' | 'too-early'> {
    const answer = await this.surroundings.gateway.cancel(run.id, {
      by: run.cancelBy ?? run.startedBy,
      ...(run.cancelReason === null ? {} : { reason: run.cancelReason }),
    });
    if (answer !== 'not-found' || run.newsAt !== null || run.endedAt !== null) return 'told';
    if (run.parentRun === null) await this.outbox.giveUpStart(run.id);
    return 'too-early';
  }

  /** What will never be accepted ends the run. */
  private async refuse(message: ClaimedMessage, error: SluiceError): Promise<void> {
    const { code, hint } = error;
    const failure: StepError = {
      class: 'configuration',
      code,
      message: error.message,
      ...(hint === undefined ? {} : { hint }),
    };
    await this.surroundings.dataSource.transaction(async (manager) => {
      // Another relay may have been told otherwise meanwhile.
      if (!(await new OutboxRepository(manager).markDelivered(message.id))) return;
      await new RunRepository(manager).end(message.runId, { status: 'failed', error: failure }, failure);
    });
    this.notifier.notify(message.runId);
  }
}
