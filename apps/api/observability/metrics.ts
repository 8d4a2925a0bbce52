import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Outcome } from '#contracts/judgement/gate-result.js';
import { QUEUES } from '#contracts/names.js';
import type { IntegrationHealth } from '#contracts/rest/integrations.js';
import type { RunTrigger } from '#contracts/rest/runs.js';
import type { RunGateway } from '#contracts/temporal-port.js';
import type { DeliveryOutcome, PlatformDeliveryOutcome } from '#contracts/webhooks.js';
import { readConnectionFigures, readStoreFigures } from '#persistence/repositories/figures-repository.js';
import { type Cached, createCached } from '../../../libs/telemetry/cached.js';
import { createRegistry } from '../../../libs/telemetry/registry.js';
import { type RequestObserver, routeOf } from '../http/request-observer.js';
import { DATA_SOURCE, LOGGER, RUN_GATEWAY } from '../tokens.js';
import { createQueueGauges } from './queue-gauges.js';
import { createStoreGauges } from './store-gauges.js';

/** However often somebody scrapes, Postgres and Temporal are asked once in this time. */
const MAX_AGE_MS = 10_000;
const DEADLINE_MS = 3_000;

/** Upper bounds, in seconds. */
const DURATIONS = [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.5, 5, 10];

/** Figures of this process and of what the control plane sees, for Prometheus. Labels take one of few values, never an id. */
@Injectable()
export class Metrics implements BeforeApplicationShutdown {
  readonly registry: Registry;
  readonly requests: RequestObserver;
  private readonly accepted: Counter<'trigger'>;
  private readonly ticks: Counter<'outcome'>;
  private readonly events: Counter<'outcome'>;
  private readonly checks: Counter<'state'>;
  private readonly syncs: Counter<'outcome'>;
  private readonly judgements: Counter<'outcome'>;
  private readonly assessments: Counter<'reason'>;
  private countStreams: () => number = () => 0;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(RUN_GATEWAY) gateway: RunGateway,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.registry = createRegistry(() => readConnectionFigures(dataSource));
    const registers = [this.registry];
    this.requests = observeRequests(this.registry);
    this.accepted = new Counter({
      name: 'sluice_runs_accepted_total',
      help: 'Runs that this process has accepted.',
      labelNames: ['trigger'],
      registers,
    });
    this.ticks = new Counter({
      name: 'sluice_schedule_ticks_total',
      help: 'Ticks of schedules from which this process started a run, or could not.',
      labelNames: ['outcome'],
      registers,
    });
    this.events = new Counter({
      name: 'sluice_webhook_events_total',
      help: 'Events that senders brought to this process, by what became of them.',
      labelNames: ['outcome'],
      registers,
    });
    this.checks = new Counter({
      name: 'sluice_platform_checks_total',
      help: 'Looks of this process whether an integration works, by what was found.',
      labelNames: ['state'],
      registers,
    });
    this.syncs = new Counter({
      name: 'sluice_platform_syncs_total',
      help: 'Times that this process asked a platform for the executions of what an integration watches.',
      labelNames: ['outcome'],
      registers,
    });
    this.judgements = new Counter({
      name: 'sluice_gate_evaluations_total',
      help: 'Changes that gates judged in this process; of those that are repeated, the result was found again.',
      labelNames: ['outcome'],
      registers,
    });
    this.assessments = new Counter({
      name: 'sluice_risk_assessments_total',
      help: 'Risks of changes that this process kept or assessed, by why: a step, a request, or another environment.',
      labelNames: ['reason'],
      registers,
    });
    const streams: Gauge = new Gauge({
      name: 'sluice_streams',
      help: 'Streams of live events that are open at this process.',
      registers,
      collect: (): void => streams.set(this.countStreams()),
    });
    const failed = (error: unknown) => logger.debug({ err: error }, 'figures cannot be read');
    const limits = { maxAgeMs: MAX_AGE_MS, deadlineMs: DEADLINE_MS, failed };
    const database = createCached({ ...limits, load: () => readStoreFigures(dataSource) });
    const temporal = createCached({
      ...limits,
      load: () => gateway.describeQueues(Object.values(QUEUES)),
    });
    createSourceGauge(this.registry, { database, temporal });
    createStoreGauges(this.registry, database);
    createQueueGauges(this.registry, temporal);
  }

  runAccepted(trigger: RunTrigger): void {
    this.accepted.inc({ trigger });
  }

  tickHandled(outcome: 'started' | 'not-started'): void {
    this.ticks.inc({ outcome });
  }

  /** `repeated`: it had come before; `unproved`, `unread`: refused, and not noted. */
  eventReceived(
    outcome: DeliveryOutcome | PlatformDeliveryOutcome | 'repeated' | 'unproved' | 'unread',
  ): void {
    this.events.inc({ outcome });
  }

  platformChecked(state: IntegrationHealth['state']): void {
    this.checks.inc({ state });
  }

  platformSynced(outcome: 'done' | 'failed'): void {
    this.syncs.inc({ outcome });
  }

  /** `repeated`: the same inputs had been judged before. */
  gateJudged(outcome: Outcome | 'repeated'): void {
    this.judgements.inc({ outcome });
  }

  /** `environment`: again, as that has changed. */
  riskAssessed(reason: 'step' | 'request' | 'environment'): void {
    this.assessments.inc({ reason });
  }

  /** From whom to know how many streams are open. */
  watchStreams(count: () => number): void {
    this.countStreams = count;
  }

  beforeApplicationShutdown(): void {
    this.registry.clear();
  }
}

function createSourceGauge(registry: Registry, sources: Readonly<Record<string, Cached<unknown>>>): void {
  const up = new Gauge({
    name: 'sluice_source_up',
    help: 'Whether what the figures come from answered when it was last asked.',
    labelNames: ['source'],
    registers: [registry],
    async collect() {
      for (const [source, cached] of Object.entries(sources)) {
        up.set({ source }, (await cached.read()) === undefined ? 0 : 1);
      }
    },
  });
}

function observeRequests(registry: Registry): RequestObserver {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'sluice_http_request_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: DURATIONS,
    registers,
  });
  const underWay = new Gauge({
    name: 'sluice_http_requests_under_way',
    help: 'Requests that are being answered.',
    registers,
  });
  const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
  return {
    begun: () => underWay.inc(),
    answered(request, reply) {
      underWay.dec();
      const method = METHODS.has(request.method) ? request.method : 'other';
      seconds.observe(
        { method, route: routeOf(request), status: reply.statusCode },
        reply.elapsedTime / 1_000,
      );
    },
  };
}
