import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import { createReportInvalid } from './report-error.js';
import {
  countCases,
  createTestCase,
  type TestCase,
  type TestReport,
  type TestTotals,
} from './test-report.js';

const STATUS: Readonly<Record<string, TestCase['status']>> = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  pending: 'skipped',
  other: 'error',
};

/**
 * Common Test Report Format (ctrf.io). The tests count; the summary only where no test is listed. A test neither
 * passed, failed nor skipped (`other`) counts as an error. Throws SluiceError `report-invalid`.
 */
export function parseCtrf(text: string): TestReport {
  const results = readResults(text);
  const tests = results['tests'];
  if (Array.isArray(tests) && tests.length > 0) {
    const cases = tests.map((test, index) => readTest(test as Json, index));
    return { format: 'ctrf', totals: countCases(cases), cases };
  }
  const summary = results['summary'];
  if (!isJsonObject(summary))
    throw createReportInvalid('CTRF', 'it has neither results.tests nor results.summary.');
  return { format: 'ctrf', totals: readSummary(summary), cases: [] };
}

function readResults(text: string): JsonObject {
  let report: Json;
  try {
    report = JSON.parse(text.replace(/^\ufeff/, '')) as Json;
  } catch (error) {
    throw createReportInvalid('CTRF', 'it is not JSON.', error);
  }
  const results = isJsonObject(report) ? report['results'] : undefined;
  if (!isJsonObject(results)) throw createReportInvalid('CTRF', 'it has no `results`.');
  return results;
}

function readTest(test: Json, index: number): TestCase {
  const where = `results.tests[${index}]`;
  if (!isJsonObject(test) || typeof test['name'] !== 'string') {
    throw createReportInvalid('CTRF', `${where} has no name.`);
  }
  const written = typeof test['status'] === 'string' ? test['status'] : '';
  const status = Object.hasOwn(STATUS, written) ? STATUS[written] : undefined;
  if (!status) throw createReportInvalid('CTRF', `${where} has an unknown status.`);
  const broken = status === 'failed' || status === 'error';
  const message = [test['message'], test['trace']].filter((part) => typeof part === 'string').join('\n');
  return createTestCase({
    suite: readSuite(test),
    name: test['name'],
    status,
    durationMs: typeof test['duration'] === 'number' ? test['duration'] : 0,
    ...(broken ? { message } : {}),
  });
}

/** `suite` is a path: text, or (newer) a list; a file stands in for it. */
function readSuite(test: JsonObject): string {
  const suite = test['suite'];
  if (typeof suite === 'string') return suite;
  if (Array.isArray(suite)) return suite.filter((part) => typeof part === 'string').join(' > ');
  return typeof test['filePath'] === 'string' ? test['filePath'] : '';
}

function readSummary(summary: JsonObject): TestTotals {
  const read = (name: string): number => {
    const value = summary[name] ?? 0;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw createReportInvalid('CTRF', `results.summary.${name} is not a count.`);
    }
    return value;
  };
  const counts = {
    passed: read('passed'),
    failed: read('failed'),
    skipped: read('skipped') + read('pending'),
    errors: read('other'),
  };
  const total = counts.passed + counts.failed + counts.skipped + counts.errors;
  return { total, ...counts, durationMs: Math.max(0, read('stop') - read('start')) };
}
