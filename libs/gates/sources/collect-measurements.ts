import { createCanceledFailure } from '#contracts/catalogue/action-failure.js';
import { MAX_SAMPLES, type Measurement } from '#contracts/judgement/measurement.js';
import type { MetricSource, SourceName } from '#contracts/judgement/metric-source.js';
import { REPORT_SOURCES, SOURCE_TIMEOUT_MS } from '#contracts/judgement/metric-source.js';
import type { MetricWorld } from '#contracts/judgement/metric-world.js';
import { parseDuration } from '#domain/definition/duration.js';
import { isSluiceError } from '#domain/errors.js';
import type { MetricReport } from '../reports/metric-report.js';
import { readReports } from '../reports/read-reports.js';
import type { ReportFolder } from '../reports/report-files.js';
import { datadogSource } from './datadog.js';
import { fileSource } from './files.js';
import { httpSource } from './http.js';
import { createMetricMissing } from './metric-missing.js';
import { newRelicSource } from './newrelic.js';
import { prometheusSource } from './prometheus.js';
import type { CollectWorld, Reading, Source } from './source.js';

export interface CollectLimits {
  /** Metrics at once. */
  readonly concurrency: number;
  /** Of all together; what has not come by then is missing. */
  readonly totalMs: number;
}

const LIMITS: CollectLimits = { concurrency: 8, totalMs: 120_000 };

const SOURCES: { readonly [N in SourceName]: Source<Extract<MetricSource, { readonly from: N }>> } = {
  ...(Object.fromEntries(REPORT_SOURCES.map((name) => [name, fileSource])) as Record<
    (typeof REPORT_SOURCES)[number],
    typeof fileSource
  >),
  http: httpSource,
  prometheus: prometheusSource,
  datadog: datadogSource,
  newrelic: newRelicSource,
};

/** A world in which metrics are collected; without `folder` no reports are read. */
export type CollectionWorld = MetricWorld & { readonly folder?: ReportFolder };

/**
 * What became of each metric, in the order given. Sources are asked side by side, each for its own time: one that is slow, or
 * broken, makes its metric `missing` and nothing else. Throws SluiceError `canceled` alone.
 */
export async function collectMeasurements(
  metrics: Readonly<Record<string, MetricSource>>,
  world: CollectionWorld,
  limits: CollectLimits = LIMITS,
): Promise<Measurement[]> {
  const collection = new Collection(world, Math.max(1, limits.totalMs));
  const waiting = Object.entries(metrics).map(([metric, source], index) => ({ metric, source, index }));
  const measured: Measurement[] = new Array(waiting.length);
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      measured[next.index] = await collection.collect(next.metric, next.source);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(limits.concurrency, waiting.length) }, work));
  } finally {
    collection.close();
  }
  if (world.signal.aborted) throw createCanceledFailure('The collection of metrics', world.signal);
  return measured;
}

class Collection {
  private readonly reports = new Map<string, Promise<MetricReport>>();
  private readonly total = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly world: CollectionWorld,
    totalMs: number,
  ) {
    this.timer = setTimeout(() => this.total.abort(), totalMs);
  }

  close(): void {
    clearTimeout(this.timer);
    this.total.abort();
  }

  async collect(metric: string, source: MetricSource): Promise<Measurement> {
    const { describe, collect } = SOURCES[source.from] as Source<MetricSource>;
    const unit = source.unit === undefined ? {} : { unit: source.unit };
    const frame = { metric, ...unit, source: this.world.hide(describe(source)).slice(0, 300).toWellFormed() };
    const timeoutMs = parseDuration(source.timeout ?? '') ?? SOURCE_TIMEOUT_MS.default;
    try {
      const reading = await this.withLimit(timeoutMs, (signal) =>
        collect(source, this.worldOf(timeoutMs, signal)),
      );
      return { ...frame, ...checkReading(reading) };
    } catch (error) {
      return { ...frame, missing: this.explain(error) };
    }
  }

  /** Rejects when the time is over, also where the work does not heed its signal. */
  private async withLimit<T>(timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = new AbortController();
    const signal = AbortSignal.any([limit.signal, this.total.signal, this.world.signal]);
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    const late = new Promise<never>((_, reject) => {
      const stop = () => reject(createLate(limit.signal.aborted ? timeoutMs : undefined));
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([signal.aborted ? late : work(signal), late]);
    } finally {
      clearTimeout(timer);
      limit.abort();
    }
  }

  private worldOf(timeoutMs: number, signal: AbortSignal): CollectWorld {
    const { folder, ...world } = this.world;
    if (!folder) return { ...world, timeoutMs, signal };
    return { ...world, timeoutMs, signal, readReports: (source) => this.readReports(source, folder) };
  }

  /** Once for all metrics of the same files; it ends with the collection at the latest. */
  private readReports(source: Extract<MetricSource, { files: readonly string[] }>, folder: ReportFolder) {
    const key = JSON.stringify([source.from, source.files]);
    const signal = AbortSignal.any([this.world.signal, this.total.signal]);
    const report =
      this.reports.get(key) ??
      readReports({ patterns: source.files, from: source.from, folder: { ...folder, signal } });
    this.reports.set(key, report);
    report.catch(() => undefined);
    return report;
  }

  private explain(error: unknown): { code: string; message: string; hint: string } {
    if (isSluiceError(error)) {
      const { code, message, hint = 'Look at the source of the metric.' } = error;
      return { code, message: this.world.hide(message), hint };
    }
    const words = error instanceof Error ? error.message : String(error);
    return {
      code: 'metric-source-failed',
      message: `The source broke: ${this.world.hide(words).slice(0, 300).toWellFormed()}`,
      hint: 'Try again, and report it where it stays so.',
    };
  }
}

function createLate(timeoutMs: number | undefined) {
  return timeoutMs === undefined
    ? createMetricMissing(
        'metric-timeout',
        'The time for all metrics was over.',
        'Let the gate name fewer, or faster ones.',
      )
    : createMetricMissing(
        'metric-timeout',
        `The source did not answer within ${timeoutMs} ms.`,
        'Ask for less, or raise `timeout`.',
      );
}

/** Numbers of a measurement are finite, whatever the source gave. */
function checkReading({ observedAt, ...reading }: Reading): Omit<Measurement, 'metric' | 'source'> {
  const { value, samples = [], baseline = [] } = reading;
  const numbers = [...(value === undefined ? [] : [value]), ...samples, ...baseline];
  if (numbers.length === 0 || !numbers.every(Number.isFinite)) {
    throw createMetricMissing(
      'metric-not-finite',
      'The source gives no finite number.',
      'Look at what it measures.',
    );
  }
  if (samples.length > MAX_SAMPLES || baseline.length > MAX_SAMPLES) {
    throw createMetricMissing(
      'metric-samples-too-many',
      `The source gives more than ${MAX_SAMPLES} observations.`,
      'Ask for a shorter range or larger steps.',
    );
  }
  return {
    ...reading,
    ...(observedAt === undefined ? {} : { observedAt: new Date(observedAt).toISOString() }),
  };
}
