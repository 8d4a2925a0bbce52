import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Outcome } from '#contracts/judgement/gate-result.js';
import type { AttemptEnding, ObservedAttempt, ObservedRun } from '#contracts/observation.js';
import type { WorkerFigures } from '#temporal/worker/worker-figures.js';
import { createRegistry } from '../../../libs/telemetry/registry.js';

/** Upper bounds, in seconds: from a request of some milliseconds to a build of an hour. */
const DURATIONS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600];

export interface WorkerMetricsSources {
  readonly readConnections: Parameters<typeof createRegistry>[0];
  readonly readWaitingRecords: () => number;
  readonly readWorkers: () => readonly WorkerFigures[];
}

/** Figures of a worker process, for Prometheus. Labels take one of few values, never an id. */
export class WorkerMetrics {
  readonly registry: Registry;
  private readonly attemptSeconds: Histogram<'action' | 'outcome'>;
  private readonly underWay: Gauge<'action'>;
  private readonly runsEnded: Counter<'status'>;
  private readonly gateEvaluations: Counter<'outcome'>;

  constructor(sources: WorkerMetricsSources) {
    this.registry = createRegistry(sources.readConnections);
    const registers = [this.registry];
    this.attemptSeconds = new Histogram({
      name: 'sluice_attempt_seconds',
      help: 'Time of attempts at steps, in this process.',
      labelNames: ['action', 'outcome'],
      buckets: DURATIONS,
      registers,
    });
    this.underWay = new Gauge({
      name: 'sluice_attempts_under_way',
      help: 'Attempts that are being made.',
      labelNames: ['action'],
      registers,
    });
    this.runsEnded = new Counter({
      name: 'sluice_runs_ended_total',
      help: 'Runs that came to their end in this process.',
      labelNames: ['status'],
      registers,
    });
    this.gateEvaluations = new Counter({
      name: 'sluice_gate_evaluations_total',
      help: 'Changes that gates of projects judged in this process; of those that are repeated, the result was found again.',
      labelNames: ['outcome'],
      registers,
    });
    createSlotGauges(this.registry, sources.readWorkers);
    const waiting: Gauge = new Gauge({
      name: 'sluice_records_waiting',
      help: 'Records of runs that wait to be written to Postgres.',
      registers,
      collect: (): void => waiting.set(sources.readWaitingRecords()),
    });
  }

  attemptBegan({ action }: ObservedAttempt): (ending: AttemptEnding) => void {
    const began = performance.now();
    this.underWay.inc({ action });
    return ({ status }) => {
      this.underWay.dec({ action });
      this.attemptSeconds.observe({ action, outcome: status }, (performance.now() - began) / 1_000);
    };
  }

  runEnded({ status }: ObservedRun): void {
    this.runsEnded.inc({ status });
  }

  gateJudged(outcome: Outcome | 'repeated'): void {
    this.gateEvaluations.inc({ outcome });
  }
}

function createSlotGauges(registry: Registry, readWorkers: () => readonly WorkerFigures[]): void {
  const labelNames = ['queue', 'kind'] as const;
  const slots = new Gauge({
    name: 'sluice_worker_slots',
    help: 'Tasks that this process takes at once.',
    labelNames,
    registers: [registry],
    collect() {
      for (const { queue, kind, slots: count } of readWorkers()) slots.set({ queue, kind }, count);
    },
  });
  const used = new Gauge({
    name: 'sluice_worker_slots_used',
    help: 'Tasks that this process has under way.',
    labelNames,
    registers: [registry],
    collect() {
      for (const { queue, kind, used: count } of readWorkers()) used.set({ queue, kind }, count);
    },
  });
}
