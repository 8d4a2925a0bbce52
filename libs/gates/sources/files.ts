import type { FileSource } from '#contracts/judgement/metric-source.js';
import { suggest } from '#domain/validation/nearest.js';
import { createMetricMissing } from './metric-missing.js';
import type { Source } from './source.js';

/** Numbers of reports that tools wrote. */
export const fileSource: Source<FileSource> = {
  describe: ({ from, files }) => `${from} ${files.join(', ')}`,
  async collect({ value: name, absent, ...source }, world) {
    if (!world.readReports) {
      throw createMetricMissing(
        'metric-unreachable',
        'No files can be read here.',
        'Read the report by a step `report/metrics`, and hand its numbers to the gate as `metrics`.',
      );
    }
    const report = await world.readReports({ ...source, value: name });
    const value = Object.hasOwn(report.metrics, name) ? report.metrics[name] : absent;
    if (value !== undefined) return { value };
    if (report.empty !== undefined) {
      throw createMetricMissing(
        'metric-empty',
        `There is no \`${name}\`: ${report.empty}.`,
        'Check that the tool looked at what it was to look at.',
      );
    }
    const names = Object.keys(report.metrics);
    throw createMetricMissing(
      'metric-unknown',
      `The ${report.formats.join(', ')} report has no \`${name}\`.`,
      suggest(name, names, `It has ${names.filter((known) => !known.startsWith('rules.')).join(', ')}.`),
    );
  },
};
