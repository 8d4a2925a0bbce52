import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { ReportJunitInput, ReportJunitOutput } from '#contracts/catalogue/report-junit.js';
import type { Action } from '#contracts/ports.js';
import type { SluiceError } from '#domain/errors.js';
import { detectFormat } from '#gates/reports/detect-format.js';
import { parseCtrf } from '#gates/reports/parse-ctrf.js';
import { parseJunit } from '#gates/reports/parse-junit.js';
import { parseTap } from '#gates/reports/parse-tap.js';
import { findReportFiles, type ReportFolder, withReportFile } from '#gates/reports/report-files.js';
import {
  addTotals,
  MAX_REPORT_BYTES,
  type ReportFormat,
  type TestReport,
} from '#gates/reports/test-report.js';
import { openWorkspaceFolder } from './workspace-reports.js';

const PARSERS: Readonly<Record<ReportFormat, (text: string) => TestReport>> = {
  junit: parseJunit,
  ctrf: parseCtrf,
  tap: parseTap,
};

const MAX_FAILURES = 50;

/**
 * `report/junit`. Throws SluiceError `report-not-found`, `report-pattern-invalid`, `report-too-large`,
 * `report-format-unknown`, `report-invalid`, `tests-failed`, `path-outside-workspace`.
 */
export const readTestReports: Action = async (input, context) => {
  const request = input as unknown as ReportJunitInput;
  const folder = openWorkspaceFolder(context);
  const files = await findReportFiles([request.files].flat(), folder);
  const reports: TestReport[] = [];
  for (const file of files) reports.push(await readReport(file, request.format ?? 'auto', folder));
  const output = summarize(reports);
  const { total, passed, failed, skipped, errors } = output;
  context.log(
    'sluice',
    `${total} tests in ${files.length} files: ${passed} passed, ${failed} failed, ${errors} broken, ${skipped} skipped.`,
  );
  if (request.failOn === 'failures' && failed + errors > 0) throw createTestsFailed(output);
  return { ...output };
};

function summarize(reports: readonly TestReport[]): ReportJunitOutput {
  const failures = reports
    .flatMap(({ cases }) => cases)
    .filter(({ status }) => status === 'failed' || status === 'error')
    .slice(0, MAX_FAILURES)
    .map(({ suite, name, message = '' }) => ({ suite, name, message }));
  return { ...addTotals(reports.map(({ totals }) => totals)), failures, files: reports.length };
}

async function readReport(
  path: string,
  format: ReportFormat | 'auto',
  folder: ReportFolder,
): Promise<TestReport> {
  const text = await withReportFile(path, { folder, maxBytes: MAX_REPORT_BYTES }, (file) =>
    file.readFile('utf8'),
  );
  const known = format === 'auto' ? detectFormat(text) : format;
  if (!known) throw createFormatUnknown(path);
  return PARSERS[known](text);
}

function createFormatUnknown(path: string): SluiceError {
  return createActionFailure({
    code: 'report-format-unknown',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${JSON.stringify(path)} begins like none of JUnit XML, CTRF and TAP.`,
    hint: 'Check the path, or say the format by `format`.',
  });
}

function createTestsFailed(output: ReportJunitOutput): SluiceError {
  const { total, failed, errors, failures } = output;
  const [first] = failures;
  const name = first ? `; first: ${[first.suite, first.name].filter(Boolean).join(' > ')}` : '';
  return createActionFailure({
    code: 'tests-failed',
    fault: 'user',
    class: 'test',
    retryable: false,
    message: `${failed + errors} of ${total} tests failed${name}.`,
    hint: "Read the failures in the error's details; run the tests again by retrying the step that runs them.",
    facts: { ...output, failures: failures.slice(0, 10).map((failure) => ({ ...failure })) },
  });
}
