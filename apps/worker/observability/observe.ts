import type { Logger } from 'pino';
import type { ObserveAttempt, ObservedRun } from '#contracts/observation.js';
import { parseTraceparent, traceOfRun } from '#contracts/trace-context.js';
import type { Tracing } from '../../../libs/telemetry/tracing.js';
import type { WorkerMetrics } from './metrics.js';

interface Watchers {
  readonly metrics: WorkerMetrics;
  readonly tracing: Tracing;
  readonly log: Logger;
  readonly correlations: Correlations;
}

/** Counts, measures, traces and logs the attempts that this process makes. */
export function observeAttempts({ metrics, tracing, log, correlations }: Watchers): ObserveAttempt {
  return (attempt) => {
    const { run, workflow, step, action, origin } = attempt;
    correlations.note(run, origin?.correlationId);
    const counted = metrics.attemptBegan(attempt);
    const began = performance.now();
    const span = tracing.begin({
      name: action,
      role: 'consumer',
      parent: traceOfRun(run, origin),
      attributes: {
        'sluice.run.id': run,
        'sluice.workflow': workflow,
        'sluice.step': step,
        'sluice.attempt': attempt.attempt,
      },
    });
    return ({ status, code }) => {
      counted({ status });
      span.end({ attributes: { 'sluice.outcome': status }, failure: code });
      if (!log.isLevelEnabled('debug')) return;
      const ms = Math.round(performance.now() - began);
      const ids = { runId: run, ...idsOf(origin?.correlationId), step, attempt: attempt.attempt };
      log.debug({ ...ids, action, status, code, ms }, 'attempt');
    };
  };
}

/** Does the same for runs that end here. */
export function observeRuns({ metrics, tracing, log }: Watchers): (run: ObservedRun) => void {
  return (ended) => {
    const { run, workflow, status, code, startedAt, endedAt, origin } = ended;
    metrics.runEnded(ended);
    tracing.add({
      name: workflow === '' ? 'run' : `run ${workflow}`,
      role: 'consumer',
      parent: parseTraceparent(origin.traceparent),
      context: traceOfRun(run, origin),
      attributes: { 'sluice.run.id': run, 'sluice.workflow': workflow, 'sluice.outcome': status },
      startedAt,
      endedAt,
      failure: code,
    });
    log.info(
      { runId: run, ...idsOf(origin.correlationId), workflow, status, code, ms: endedAt - startedAt },
      'run',
    );
  };
}

function idsOf(correlationId: string | undefined): { readonly correlationId?: string } {
  return correlationId === undefined ? {} : { correlationId };
}

/** Correlation ids of the runs that this process had to do with lately, for lines that others write about them. */
export class Correlations {
  private readonly known = new Map<string, string>();

  constructor(private readonly most: number) {}

  note(run: string, correlationId: string | undefined): void {
    if (correlationId === undefined || this.known.has(run)) return;
    this.known.set(run, correlationId);
    if (this.known.size > this.most) this.known.delete(this.known.keys().next().value!);
  }

  /** What a line about this workflow of Temporal's is about. */
  idsOf(workflowId: unknown): { readonly runId?: string; readonly correlationId?: string } {
    const runId = typeof workflowId === 'string' ? /^run-(.+)$/.exec(workflowId)?.[1] : undefined;
    return runId === undefined ? {} : { runId, ...idsOf(this.known.get(runId)) };
  }
}
