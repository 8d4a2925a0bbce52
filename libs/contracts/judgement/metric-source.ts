import type { Json } from '#domain/json.js';
import type { HttpAuth } from '../catalogue/http-request.js';

/** Where a metric's value comes from, as it stands in a gate; read strictly, with what was left out absent. */
export type MetricSource = FileSource | HttpSource | PrometheusSource | DatadogSource | NewRelicSource;

export type SourceName = MetricSource['from'];

interface SourceFrame {
  /** Of the value: `ms`, `%`. */
  readonly unit?: string;
  /** A duration. */
  readonly timeout?: string;
}

export const REPORT_SOURCES = ['lcov', 'cobertura', 'jacoco', 'sarif', 'eslint', 'junit', 'report'] as const;

/** Reports of tools; `report` is one of any of these formats, told by its content. */
export interface FileSource extends SourceFrame {
  readonly from: (typeof REPORT_SOURCES)[number];
  /** Paths or globs. */
  readonly files: readonly string[];
  /** Name of a number of the report: `lines.percent`. */
  readonly value: string;
  /** Value where the report has no such number. */
  readonly absent?: number;
}

export const REDUCTIONS = [
  'last',
  'average',
  'min',
  'max',
  'sum',
  'p50',
  'p90',
  'p95',
  'p99',
  'samples',
] as const;

/** How many observations become one value; `samples` leaves them as they are. */
export type Reduction = (typeof REDUCTIONS)[number];

export interface HttpSource extends SourceFrame {
  readonly from: 'http';
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly auth?: HttpAuth;
  /** JSON pointers (RFC 6901) into the answer. */
  readonly value: string;
  readonly baseline?: string;
  readonly at?: string;
  readonly maxAge?: string;
  readonly reduce?: Reduction;
}

/** What sources of time series have in common. */
interface SeriesFrame extends SourceFrame {
  readonly query: string;
  readonly range?: string;
  readonly reduce?: Reduction;
  /** The query of what is compared with. */
  readonly baseline?: string;
  /** How much earlier that is asked for. */
  readonly baselineOffset?: string;
  readonly minSamples?: number;
  readonly maxAge?: string;
}

export interface PrometheusSource extends SeriesFrame {
  readonly from: 'prometheus';
  readonly server: string;
  readonly step?: string;
  readonly auth?: HttpAuth;
  readonly partial?: 'refuse' | 'allow';
}

export const DATADOG_SITES = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'ddog-gov.com',
  'us2.ddog-gov.com',
] as const;

export interface DatadogSource extends SeriesFrame {
  readonly from: 'datadog';
  readonly range: string;
  readonly site?: (typeof DATADOG_SITES)[number];
  readonly server?: string;
  /** References to secrets. */
  readonly apiKey: string;
  readonly applicationKey: string;
}

export interface NewRelicSource extends SeriesFrame {
  readonly from: 'newrelic';
  readonly account: number;
  readonly region?: 'us' | 'eu';
  readonly server?: string;
  /** Reference to a secret. */
  readonly apiKey: string;
  /** JSON pointer into a row of the results. */
  readonly value?: string;
}

/** Of one metric, where its source names none; and at most. */
export const SOURCE_TIMEOUT_MS = { default: 10_000, maximum: 60_000 } as const;
