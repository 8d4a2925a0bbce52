import type { Logger } from 'pino';
import { startTracing } from '../../../libs/telemetry/tracing.js';
import type { WorkerConfiguration } from '../configuration.js';
import { WorkerMetrics, type WorkerMetricsSources } from './metrics.js';
import { serveMetrics } from './metrics-server.js';
import { Correlations, observeAttempts, observeRuns } from './observe.js';

/** Runs whose correlation id is remembered. */
const MOST_CORRELATIONS = 10_000;

/** All that watches a worker process, by its configuration. Throws SluiceError `metrics-address-unusable`. */
export async function watchWorker(
  { tracesTo, metricsAddress }: Pick<WorkerConfiguration, 'tracesTo' | 'metricsAddress'>,
  log: Logger,
  sources: WorkerMetricsSources,
) {
  const metrics = new WorkerMetrics(sources);
  const served =
    metricsAddress === undefined ? undefined : await serveMetrics(metrics.registry, metricsAddress);
  const warn = (message: string) => log.warn(message);
  const tracing = await startTracing({ service: 'sluice-worker', endpoint: tracesTo, warn });
  const correlations = new Correlations(MOST_CORRELATIONS);
  const watchers = { metrics, tracing, log, correlations };
  return {
    /** Where the figures are. */
    url: served?.url,
    observe: observeAttempts(watchers),
    runEnded: observeRuns(watchers),
    gateJudged: (outcome: Parameters<WorkerMetrics['gateJudged']>[0]) => metrics.gateJudged(outcome),
    /** What a line with these facts is about. */
    idsOf: (facts: object) => correlations.idsOf((facts as { readonly workflowId?: unknown }).workflowId),
    async close(): Promise<void> {
      served?.close();
      await tracing.close();
    },
  };
}
