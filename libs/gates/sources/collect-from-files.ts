import type { Measurement } from '#contracts/judgement/measurement.js';
import type { MetricSource } from '#contracts/judgement/metric-source.js';
import { openReportFolder } from '../reports/report-files.js';
import { collectMeasurements } from './collect-measurements.js';
import { createMetricMissing } from './metric-missing.js';

/**
 * Measurements out of reports in a folder of this machine, without any network: metrics of services are missing
 * (`metric-unreachable`). Throws SluiceError `canceled` alone.
 */
export function collectFromFiles(
  metrics: Readonly<Record<string, MetricSource>>,
  folder: string,
  signal: AbortSignal,
): Promise<Measurement[]> {
  return collectMeasurements(metrics, {
    folder: openReportFolder(folder, signal),
    resolveSecret: async () => {
      throw createMetricMissing(
        'metric-unreachable',
        'No service can be asked here.',
        'Give the value by itself, or let services be asked: `sluice gate --collect`.',
      );
    },
    mask: () => undefined,
    hide: (text) => text,
    now: Date.now,
    signal,
  });
}
