import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { RunGateway } from '#contracts/temporal-port.js';
import {
  formatTraceparent,
  parseTraceparent,
  type RunOrigin,
  type TraceContext,
} from '#contracts/trace-context.js';
import { isSluiceError, type SluiceError } from '#domain/errors.js';
import type { StepError } from '#domain/execution/step-error.js';
import {
  type ClaimedMessage,
  OutboxRepository,
  type Postponement,
} from '#persistence/repositories/outbox-repository.js';
import { RunRepository } from '#persistence/repositories/run-repository.js';
import { RunNotifier } from '#persistence/run-notifier.js';
import { NO_TRACING, type Tracing } from '../../../libs/telemetry/tracing.js';
import { DATA_SOURCE, LOGGER, RUN_GATEWAY, TRACING } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';
import { computePause } from './delivery.js';
import { DELIVERY_TIMES, DeliveryLoop, type DeliveryTimes, type DeliveryWork } from './delivery-loop.js';
import { logIdsOf } from './log-ids.js';

/** Tells Temporal what the outbox holds, at least once, as soon as Temporal can be told. */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: DeliveryLoop<ClaimedMessage>;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(RUN_GATEWAY) gateway: RunGateway,
    @Inject(LOGGER) logger: Logger,
    @Inject(FindVersion) findVersion: FindVersion,
    @Inject(TRACING) tracing: Tracing,
  ) {
    this.loop = createOutboxLoop({ dataSource, gateway, logger, findVersion, tracing }, DELIVERY_TIMES);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  /** How long ago it last read the outbox, or found out that it need not. */
  get silentMs(): number {
    return this.loop.silentMs;
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
  readonly tracing?: Tracing;
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
    const answer = message.kind === 'start' ? await this.start(message) : await this.cancel(message);
    if (answer === 'settled') return;
    if (answer === 'too-early') return this.comeBack(message, 'not begun yet');
    await this.outbox.markDelivered(message.id);
  }

  async postpone(message: ClaimedMessage, postponement: Postponement): Promise<void> {
    await this.outbox.postpone(message, postponement);
    this.notifier.notify(message.runId);
  }

  describe({ runId, kind, correlationId }: ClaimedMessage): Readonly<Record<string, unknown>> {
    return { ...logIdsOf(runId, correlationId), kind };
  }

  private async comeBack(message: ClaimedMessage, reason: string): Promise<void> {
    const pauseMs = computePause(message.attempts, this.times.awayPauses);
    await this.outbox.postpone(message, { pauseMs, reason, failures: message.failures, setAside: false });
  }

  private async start(message: ClaimedMessage): Promise<'told' | 'settled'> {
    const { gateway, findVersion, tracing = NO_TRACING } = this.surroundings;
    const { runId, workflow, version, trigger, startedBy, createdAt } = message;
    const { plan } = await findVersion.require(message);
    const seed = message.rerunOf === null ? undefined : await this.runs.findSeed(runId);
    const span = tracing.begin({
      name: 'hand over run',
      role: 'producer',
      parent: parseTraceparent(message.traceparent),
      attributes: { 'sluice.run.id': runId, 'sluice.workflow': workflow },
    });
    try {
      await gateway.start({
        plan,
        inputs: message.inputs,
        project: message.project,
        run: { id: runId, workflow, version, trigger, startedBy, startedAt: createdAt.toISOString() },
        origin: originOf(message, span.context),
        ...(seed === undefined ? {} : { seed }),
      });
      span.end();
      return 'told';
    } catch (error) {
      span.end({ failure: isSluiceError(error) ? error.code : 'temporal-unavailable' });
      if (!isSluiceError(error) || error.fault !== 'user') throw error;
      await this.refuse(message, error);
      return 'settled';
    }
  }

  /**
   * A run that Temporal does not know, or that has ended, is the reconciler's; unless it may only be about to be started,
   * by a step of another run or by an attempt that a relay gave up.
   */
  private async cancel({ project, runId }: ClaimedMessage): Promise<'told' | 'too-early'> {
    const run = await this.runs.find(project, runId);
    if (run === undefined) return 'told';
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

/** @param span that hands it over, where spans are made here */
function originOf({ correlationId, traceparent }: ClaimedMessage, span: TraceContext | undefined): RunOrigin {
  const above = span === undefined ? traceparent : formatTraceparent(span);
  return {
    ...(correlationId === null ? {} : { correlationId }),
    ...(above === null ? {} : { traceparent: above }),
  };
}
