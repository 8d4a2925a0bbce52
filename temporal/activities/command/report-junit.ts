import { constants, glob, open } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { ReportJunitInput, ReportJunitOutput } from '#contracts/catalogue/report-junit.js';
import type { Action, ActionContext } from '#contracts/ports.js';
import type { SluiceError } from '#domain/errors.js';
import { detectFormat } from '#gates/reports/detect-format.js';
import { parseCtrf } from '#gates/reports/parse-ctrf.js';
import { parseJunit } from '#gates/reports/parse-junit.js';
import { parseTap } from '#gates/reports/parse-tap.js';
import {
  addTotals,
  MAX_REPORT_BYTES,
  type ReportFormat,
  type TestReport,
} from '#gates/reports/test-report.js';
import { PRIVATE_FOLDER, requireInWorkspace } from './process/workspace-folders.js';

const PARSERS: Readonly<Record<ReportFormat, (text: string) => TestReport>> = {
  junit: parseJunit,
  ctrf: parseCtrf,
  tap: parseTap,
};

const MAX_FILES = 2000;
const MAX_FAILURES = 50;

/**
 * `report/junit`. Throws SluiceError `report-not-found`, `report-pattern-invalid`, `report-too-large`,
 * `report-format-unknown`, `report-invalid`, `tests-failed`, `path-outside-workspace`.
 */
export const readTestReports: Action = async (input, context) => {
  const request = input as unknown as ReportJunitInput;
  const files = await findFiles([request.files].flat(), context);
  const reports: TestReport[] = [];
  for (const file of files) reports.push(await readReport(file, request.format ?? 'auto', context));
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

/** Paths relative to the workspace, each once, in order. */
async function findFiles(patterns: readonly string[], context: ActionContext): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    if (isAbsolute(pattern) || pattern.includes('\0') || pattern.split(/[\\/]/).includes('..')) {
      throw createPatternInvalid(pattern);
    }
    const entries = glob(pattern, {
      cwd: context.workspace,
      withFileTypes: true,
      exclude: (entry) => entry.name === PRIVATE_FOLDER || entry.name === '.git',
    });
    for await (const entry of entries) {
      context.signal.throwIfAborted();
      if (entry.isDirectory()) continue;
      found.add(relative(context.workspace, `${entry.parentPath}/${entry.name}`));
      if (found.size > MAX_FILES) throw createTooMany();
    }
  }
  if (found.size === 0) throw createNotFound(patterns);
  return [...found].sort();
}

async function readReport(
  path: string,
  format: ReportFormat | 'auto',
  context: ActionContext,
): Promise<TestReport> {
  const text = await readText(path, context.workspace);
  const known = format === 'auto' ? detectFormat(text) : format;
  if (!known) throw createFormatUnknown(path);
  return PARSERS[known](text);
}

async function readText(path: string, workspace: string): Promise<string> {
  const file = await open(
    await requireInWorkspace(workspace, path),
    constants.O_RDONLY | constants.O_NONBLOCK,
  );
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw createNotFound([path]);
    if (facts.size > MAX_REPORT_BYTES) throw createTooLarge(path);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function createUserFailure(code: string, message: string, hint: string): SluiceError {
  return createActionFailure({
    code,
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message,
    hint,
  });
}

function createNotFound(patterns: readonly string[]): SluiceError {
  return createUserFailure(
    'report-not-found',
    `No file in the workspace matches ${patterns.map((pattern) => JSON.stringify(pattern)).join(', ')}.`,
    'Check the path, which is relative to the workspace, and that the tests ran and wrote their report there.',
  );
}

function createPatternInvalid(pattern: string): SluiceError {
  return createUserFailure(
    'report-pattern-invalid',
    `${JSON.stringify(pattern)} leads out of the workspace.`,
    'Use a path or glob relative to the workspace, without `..`.',
  );
}

function createTooMany(): SluiceError {
  return createUserFailure(
    'report-too-large',
    `More than ${MAX_FILES} files match.`,
    'Use a pattern that matches the reports alone.',
  );
}

function createTooLarge(path: string): SluiceError {
  return createUserFailure(
    'report-too-large',
    `The report ${JSON.stringify(path)} is larger than ${MAX_REPORT_BYTES / 1024 / 1024} MiB.`,
    'Let the test runner write several reports, or leave captured output out of them.',
  );
}

function createFormatUnknown(path: string): SluiceError {
  return createUserFailure(
    'report-format-unknown',
    `${JSON.stringify(path)} begins like none of JUnit XML, CTRF and TAP.`,
    'Check the path, or say the format by `format`.',
  );
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
