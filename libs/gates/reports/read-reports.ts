import type { FileHandle } from 'node:fs/promises';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { REPORT_SOURCES } from '#contracts/judgement/metric-source.js';
import { isSluiceError, SluiceError } from '#domain/errors.js';
import { detectMetricFormat } from './detect-metric-format.js';
import { type MetricFormat, type MetricReport, MetricTally } from './metric-report.js';
import { findReportFiles, type ReportFolder, withReportFile } from './report-files.js';
import { MAX_REPORT_BYTES } from './test-report.js';

/** Tracefiles are read in parts. */
const MAX_LCOV_BYTES = 1024 * 1024 * 1024;
/** What decides of which format a file is, where it is not read whole. */
const HEAD_BYTES = 65_536;

/** The formats that a source of this name takes. */
const TAKEN: Readonly<Record<(typeof REPORT_SOURCES)[number], readonly MetricFormat[]>> = {
  lcov: ['lcov'],
  cobertura: ['cobertura'],
  jacoco: ['jacoco'],
  sarif: ['sarif'],
  eslint: ['eslint'],
  junit: ['junit', 'ctrf', 'tap'],
  report: ['lcov', 'cobertura', 'jacoco', 'sarif', 'eslint', 'junit', 'ctrf', 'tap'],
};

export interface ReportRequest {
  readonly patterns: readonly string[];
  readonly from: (typeof REPORT_SOURCES)[number];
  readonly folder: ReportFolder;
}

/**
 * What all files that match say, as one report. Throws SluiceError `report-not-found`, `report-pattern-invalid`,
 * `report-too-large`, `report-format-unknown`, `report-format-other`, `report-invalid`, `report-incomplete`,
 * `report-kinds-mixed`; its message names the file.
 */
export async function readReports({ patterns, from, folder }: ReportRequest): Promise<MetricReport> {
  const tally = new MetricTally(folder.path);
  for (const path of await findReportFiles(patterns, folder)) {
    folder.signal.throwIfAborted();
    await withReportFile(path, { folder, maxBytes: MAX_LCOV_BYTES }, async (file) => {
      const head = await readHead(file);
      if (detectMetricFormat(head) === 'lcov') {
        requireTaken('lcov', from, path);
        return tally.addLcov(file.createReadStream({ start: 0, autoClose: false, highWaterMark: 262_144 }));
      }
      const { size } = await file.stat();
      if (size > MAX_REPORT_BYTES) throw createTooLarge();
      const text = await readWhole(file, size);
      const format = detectMetricFormat(text);
      if (format === undefined || format === 'lcov') throw createUnknown();
      requireTaken(format, from, path);
      return tally.addText(format, text);
    }).catch((error: unknown) => {
      throw nameFile(error, path);
    });
  }
  return tally.measure();
}

async function readHead(file: FileHandle): Promise<string> {
  const head = Buffer.alloc(HEAD_BYTES);
  const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
  return head.toString('utf8', 0, bytesRead);
}

/** No more than there was when its size was judged. */
async function readWhole(file: FileHandle, size: number): Promise<string> {
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await file.read(bytes, at, size - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.toString('utf8', 0, at);
}

function requireTaken(format: MetricFormat, from: ReportRequest['from'], path: string): void {
  if (TAKEN[from].includes(format)) return;
  throw createUserFailure(
    'report-format-other',
    `${JSON.stringify(path)} is of the format ${format}, not ${from}.`,
    `Check the path, or write \`from: ${format === 'ctrf' || format === 'tap' ? 'junit' : format}\`.`,
  );
}

/** The parsers do not know what file they read. */
function nameFile(error: unknown, path: string): unknown {
  if (!isSluiceError(error) || error.message.includes(JSON.stringify(path))) return error;
  const { code, fault, hint, details, message } = error;
  return new SluiceError({
    code,
    fault,
    message: `${JSON.stringify(path)}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
    details,
    cause: error,
  });
}

function createUnknown(): SluiceError {
  return createUserFailure(
    'report-format-unknown',
    'It begins like none of LCOV, Cobertura, JaCoCo, SARIF, ESLint JSON, JUnit XML, CTRF and TAP.',
    'Check the path, and that the tool wrote the file.',
  );
}

function createTooLarge(): SluiceError {
  return createUserFailure(
    'report-too-large',
    `It is larger than ${MAX_REPORT_BYTES / 1024 / 1024} MiB.`,
    'Let the tool write several reports, or leave captured output out of them; LCOV may have 1 GiB.',
  );
}

function createUserFailure(code: string, message: string, hint: string): SluiceError {
  return createActionFailure({
    ...{ code, fault: 'user', class: 'configuration', retryable: false },
    ...{ message, hint },
  });
}
