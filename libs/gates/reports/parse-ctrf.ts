import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import { createReportInvalid } from './report-error.js';
import {
  countCases,
  createTestCase,
  DurationNotes,
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
    const durations = new DurationNotes();
    const listed = tests.map((test, index) => readTest(test as Json, index, durations));
    const cases = [...listed, ...findUnlisted(results['summary'], listed)];
    return { format: 'ctrf', totals: countCases(cases), cases, durations: durations.all };
  }
  const summary = results['summary'];
  if (!isJsonObject(summary))
    throw createReportInvalid('CTRF', 'it has neither results.tests nor results.summary.');
  const durations = new DurationNotes();
  const totals = readSummary(summary, durations);
  return { format: 'ctrf', totals, cases: [], durations: durations.all };
}

/** Failures that the summary tells of, and of which none is listed. */
function findUnlisted(summary: Json | undefined, listed: readonly TestCase[]): TestCase[] {
  if (!isJsonObject(summary)) return [];
  const claimed = [summary['failed'], summary['other']].some(
    (count) => typeof count === 'number' && count > 0,
  );
  if (!claimed || listed.some(({ status }) => status === 'failed' || status === 'error')) return [];
  const message = 'The summary tells of tests that failed, and none of them is listed.';
  return [createTestCase({ suite: '', name: '(summary)', status: 'error', durationMs: 0, message })];
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

function readTest(test: Json, index: number, durations: DurationNotes): TestCase {
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
    durationMs: durations.read(readDuration(test)),
    ...(broken ? { message } : {}),
  });
}

/** NaN where it is no number. */
function readDuration(test: JsonObject): number | undefined {
  const duration = test['duration'] ?? undefined;
  return duration === undefined || typeof duration === 'number' ? duration : Number.NaN;
}

/** `suite` is a path: text, or (newer) a list; a file stands in for it. */
function readSuite(test: JsonObject): string {
  const suite = test['suite'];
  if (typeof suite === 'string') return suite;
  if (Array.isArray(suite)) return suite.filter((part) => typeof part === 'string').join(' > ');
  return typeof test['filePath'] === 'string' ? test['filePath'] : '';
}

function readSummary(summary: JsonObject, durations: DurationNotes): TestTotals {
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
  const took = 'start' in summary && 'stop' in summary ? read('stop') - read('start') : undefined;
  return { total, ...counts, durationMs: durations.read(took) };
}
