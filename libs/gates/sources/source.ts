import type { MetricSource } from '#contracts/judgement/metric-source.js';
import type { MetricWorld } from '#contracts/judgement/metric-world.js';
import type { MetricReport } from '../reports/metric-report.js';

/** What a source found. */
export interface Reading {
  readonly value?: number;
  readonly samples?: readonly number[];
  readonly baseline?: readonly number[];
  /** Milliseconds since the epoch. */
  readonly observedAt?: number;
}

/** What a source reaches while one metric is collected. */
export interface CollectWorld extends MetricWorld {
  /** Of this metric. */
  readonly timeoutMs: number;
  /** Reads the reports of a folder, each pattern once; absent where no files can be read. */
  readonly readReports?: (
    source: Extract<MetricSource, { readonly files: readonly string[] }>,
  ) => Promise<MetricReport>;
}

/** One kind of place where values come from. */
export interface Source<S extends MetricSource> {
  /** For people, without secrets. */
  readonly describe: (source: S) => string;
  /** Throws SluiceError where there is no number, or none that can be relied on. */
  readonly collect: (source: S, world: CollectWorld) => Promise<Reading>;
}
