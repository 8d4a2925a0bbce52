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
import {
  formatTraceparent,
  parseTraceparent,
  type RunOrigin,
  type TraceContext,
} from '#contracts/trace-context.js';
import { isSluiceError, type SluiceError } from '#domain/errors.js';
import type { StepError } from '#domain/execution/step-error.js';
import { type ClaimedMessage, OutboxRepository } from '#persistence/repositories/outbox-repository.js';
import { RunRepository, type RunRow } from '#persistence/repositories/run-repository.js';
import type { Tracing } from '../../../libs/telemetry/tracing.js';
import { DATA_SOURCE, LOGGER, RUN_GATEWAY, TRACING } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';
import { computePause, withDeadline } from './delivery.js';
import { logIdsOf } from './log-ids.js';

const POLL_MS = 250;
/** Deliveries at once. */
const CONCURRENT = 20;
/** One delivery; the lease of a message is longer, so that no second relay works on it meanwhile. */
const DELIVERY_MS = 8_000;
const LEASE_MS = 10_000;
const PAUSES = { firstMs: POLL_MS, longestMs: 5_000 };
/** In a row; a single message may be at fault itself. */
const FAILURES_WHEN_AWAY = 3;

/** Tells Temporal what the outbox holds, at least once, as soon as Temporal can be told. */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly outbox: OutboxRepository;
  private readonly stopped = new AbortController();
  private nudged = Promise.withResolvers<void>();
  private running: Promise<void> = Promise.resolve();
  private readonly onTheirWay = new Set<Promise<void>>();
  private failures = 0;
  private away = false;
  private readAt = performance.now();

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(RUN_GATEWAY) private readonly gateway: RunGateway,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
    @Inject(TRACING) private readonly tracing: Tracing,
  ) {
    this.outbox = new OutboxRepository(dataSource.manager);
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  /** Returns once the deliveries that are on their way have ended. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    this.nudge();
    await this.running;
  }

  /** Call after a message was committed: it is looked for at once. */
  nudge(): void {
    this.nudged.resolve();
  }

  /** How long ago it last read the outbox. While all its hands are full it need not. */
  get silentMs(): number {
    return performance.now() - this.readAt;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      this.nudged = Promise.withResolvers<void>();
      // While Temporal is away, one message at a time finds out whether it is back.
      const room = (this.away ? 1 : CONCURRENT) - this.onTheirWay.size;
      const claimed = room > 0 ? await this.claim(room) : [];
      for (const message of claimed) this.send(message);
      if (claimed.length < room || room <= 0)
        await Promise.race([this.nudged.promise, pause(POLL_MS, signal)]);
    }
    await Promise.all(this.onTheirWay);
  }

  private async claim(limit: number): Promise<readonly ClaimedMessage[]> {
    try {
      const claimed = await this.outbox.claim(limit, LEASE_MS);
      this.readAt = performance.now();
      return claimed;
    } catch (error) {
      this.logger.warn({ err: error }, 'the outbox cannot be read');
      return [];
    }
  }

  private send(message: ClaimedMessage): void {
    const delivery = this.deliver(message)
      .then((failure) => this.note(failure))
      // Not even noted: its lease ends, and it is claimed again.
      .catch((error: unknown) =>
        this.logger.warn(
          { err: error, ...logIdsOf(message.runId, message.correlationId) },
          'the outbox cannot be written',
        ),
      )
      .finally(() => {
        this.onTheirWay.delete(delivery);
        this.nudge();
      });
    this.onTheirWay.add(delivery);
  }

  private note(failure: string | undefined): void {
    this.failures = failure === undefined ? 0 : this.failures + 1;
    const away = this.failures >= FAILURES_WHEN_AWAY;
    if (away === this.away) return;
    this.away = away;
    if (away) this.logger.warn({ reason: failure }, 'Temporal cannot be told of runs; trying on');
    else this.logger.info('Temporal can be told of runs again');
  }

  /** Why it was not delivered; undefined when it was. */
  private async deliver(message: ClaimedMessage): Promise<string | undefined> {
    try {
      const run = await new RunRepository(this.dataSource.manager).find(message.project, message.runId);
      if (run !== undefined) {
        const work = message.kind === 'start' ? this.start(run) : this.cancel(run);
        if ((await withDeadline(work, DELIVERY_MS)) === 'too-early') {
          await this.outbox.postpone(message.id, computePause(message.attempts, PAUSES), 'not begun yet');
          return undefined;
        }
      }
      await this.outbox.markDelivered(message.id);
      return undefined;
    } catch (error) {
      if (isSluiceError(error) && error.fault === 'user') {
        await this.refuse(message, error);
        return undefined;
      }
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.debug(
        { err: error, ...logIdsOf(message.runId, message.correlationId), kind: message.kind },
        'not delivered',
      );
      await this.outbox.postpone(message.id, computePause(message.attempts, PAUSES), reason);
      return reason;
    }
  }

  private async start(run: RunRow): Promise<undefined> {
    const { plan } = await this.findVersion.require(run);
    const seed =
      run.rerunOf === null ? undefined : await new RunRepository(this.dataSource.manager).findSeed(run.id);
    const span = this.tracing.begin({
      name: 'hand over run',
      role: 'producer',
      parent: parseTraceparent(run.traceparent),
      attributes: { 'sluice.run.id': run.id, 'sluice.workflow': run.workflow },
    });
    const starting = this.gateway.start({
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
      origin: originOf(run, span.context),
      ...(seed === undefined ? {} : { seed }),
    });
    return starting.then(
      () => void span.end(),
      (error: unknown) => {
        span.end({ failure: isSluiceError(error) ? error.code : 'temporal-unavailable' });
        throw error;
      },
    );
  }

  /**
   * A run that Temporal does not know, or that has ended, is the reconciler's; unless a step of another run is only
   * about to start it.
   */
  private async cancel(run: RunRow): Promise<'too-early' | undefined> {
    const answer = await this.gateway.cancel(run.id, {
      by: run.cancelBy ?? run.startedBy,
      ...(run.cancelReason === null ? {} : { reason: run.cancelReason }),
    });
    const unstarted = answer === 'not-found' && run.parentRun !== null && run.newsAt === null;
    return unstarted && run.endedAt === null ? 'too-early' : undefined;
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
    await this.dataSource.transaction(async (manager) => {
      await new RunRepository(manager).end(message.runId, { status: 'failed', error: failure }, failure);
      await new OutboxRepository(manager).markDelivered(message.id);
    });
  }
}

/** @param span that hands it over, where spans are made here */
function originOf({ correlationId, traceparent }: RunRow, span: TraceContext | undefined): RunOrigin {
  const above = span === undefined ? traceparent : formatTraceparent(span);
  return {
    ...(correlationId === null ? {} : { correlationId }),
    ...(above === null ? {} : { traceparent: above }),
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
