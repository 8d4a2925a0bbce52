import type {
  ReportMetricsInput,
  ReportMetricsOutput,
  ReportSummary,
} from '#contracts/catalogue/report-metrics.js';
import type { Action } from '#contracts/ports.js';
import type { JsonObject } from '#domain/json.js';
import type { MetricReport } from '#gates/reports/metric-report.js';
import { readReports } from '#gates/reports/read-reports.js';
import { openWorkspaceFolder } from './workspace-reports.js';

/** Of one report; rules that found most go first. */
const MAX_RULES = 1_000;

/** `report/metrics`. Throws what reading the reports throws, and SluiceError `path-outside-workspace`. */
export const readMetricReports: Action = async (input, context) => {
  const { files } = input as unknown as ReportMetricsInput;
  const folder = openWorkspaceFolder(context);
  const metrics: [string, number][] = [];
  const reports: [string, ReportSummary][] = [];
  for (const [name, patterns] of Object.entries(files)) {
    const report = await readReports({ patterns: [patterns].flat(), from: 'report', folder });
    const numbers = withoutLongTail(report);
    metrics.push(...numbers.map(([metric, value]) => [`${name}.${metric}`, value] as [string, number]));
    reports.push([name, summarize(report)]);
    context.log('sluice', describe(name, report));
  }
  const output: ReportMetricsOutput = {
    metrics: Object.fromEntries(metrics),
    reports: Object.fromEntries(reports),
  };
  return output as unknown as JsonObject;
};

function summarize({ formats, files, empty }: MetricReport): ReportSummary {
  return { formats, files, ...(empty === undefined ? {} : { empty }) };
}

function withoutLongTail({ metrics }: MetricReport): [string, number][] {
  const all = Object.entries(metrics);
  const isRule = ([name]: [string, number]) => name.startsWith('rules.');
  const rules = all.filter(isRule).toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return [...all.filter((entry) => !isRule(entry)), ...rules.slice(0, MAX_RULES)];
}

const SHOWN = [
  'lines.percent',
  'branches.percent',
  'total',
  'passed',
  'failed',
  'errors',
  'warnings',
  'notes',
  'suppressed',
];

function describe(name: string, { formats, files, metrics, empty }: MetricReport): string {
  const numbers = SHOWN.filter((metric) => metrics[metric] !== undefined).map(
    (metric) => `${metric} ${Math.round((metrics[metric] ?? 0) * 100) / 100}`,
  );
  const words = empty === undefined ? numbers.join(', ') : empty;
  return `${name}: ${formats.join(', ')} in ${files} ${files === 1 ? 'file' : 'files'}: ${words}.`;
}
