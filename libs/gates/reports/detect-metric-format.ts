import { detectFormat } from './detect-format.js';
import type { MetricFormat } from './metric-report.js';

/** Elements that a report of XML begins with. */
const ROOTS: Readonly<Record<string, MetricFormat>> = {
  coverage: 'cobertura',
  report: 'jacoco',
  testsuites: 'junit',
  testsuite: 'junit',
};

/** The format of a text that begins like this; undefined when none. One of JSON is told by its keys, hence all of it. */
export function detectMetricFormat(text: string): MetricFormat | undefined {
  const start = text
    .slice(0, 65_536)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (start.startsWith('<')) return detectXml(start);
  if (start.startsWith('[')) return 'eslint';
  if (start.startsWith('{')) return detectJson(text);
  if (/^(TN:|SF:)/m.test(start) && !/^(1\.\.\d|not ok|ok )/m.test(start)) return 'lcov';
  return detectFormat(text);
}

/** Clover's root has the name of Cobertura's, and other attributes. */
function detectXml(start: string): MetricFormat | undefined {
  const root = /<([A-Za-z_][\w.:-]*)((?:[^>"']|"[^"]*"|'[^']*')*)/.exec(
    start.replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^>[]*>/g, ''),
  );
  const name = root?.[1]?.replace(/^.*:/, '') ?? '';
  const format = Object.hasOwn(ROOTS, name) ? ROOTS[name] : undefined;
  return format === 'cobertura' && !/\bline-rate\s*=/.test(root?.[2] ?? '') ? undefined : format;
}

function detectJson(text: string): MetricFormat | undefined {
  try {
    const report: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    if (typeof report !== 'object' || report === null) return undefined;
    if ('runs' in report) return 'sarif';
    if (!('results' in report)) return undefined;
    return Array.isArray(report.results) ? 'eslint' : 'ctrf';
  } catch {
    // Cut short, it is told by what is there.
    if (/^\{[^{}[\]]*"(runs|\$schema)"\s*:\s*[["][^\n]*sarif|"runs"\s*:/i.test(text.slice(0, 4096)))
      return 'sarif';
    return /"results"\s*:\s*\{/.test(text.slice(0, 4096)) ? 'ctrf' : undefined;
  }
}
