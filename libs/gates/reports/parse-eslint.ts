import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import type { FindingTally } from './finding-tally.js';
import { createReportInvalid } from './report-error.js';

const FORMAT = 'ESLint JSON';

export const ESLINT_COUNTS = [
  'files',
  'errors',
  'warnings',
  'fatal',
  'fixable',
  'fixable.errors',
  'fixable.warnings',
  'suppressed',
] as const;

/**
 * What ESLint's formatters `json` and `json-with-metadata` write. Messages count; the numbers of a file only where its
 * messages were left out. Throws SluiceError `report-invalid`.
 */
export function readEslint(report: Json, tally: FindingTally): void {
  const files = isJsonObject(report) ? report['results'] : report;
  if (!Array.isArray(files)) throw refuse('it is not a list of files.');
  for (const [index, file] of (files as readonly Json[]).entries()) {
    if (!isJsonObject(file) || typeof file['filePath'] !== 'string')
      throw refuse(`the entry ${index} has no filePath.`);
    readFile(file, tally);
  }
}

function readFile(file: JsonObject, tally: FindingTally): void {
  tally.add('files');
  tally.add('suppressed', Array.isArray(file['suppressedMessages']) ? file['suppressedMessages'].length : 0);
  const { messages } = file;
  if (messages !== undefined && !Array.isArray(messages)) throw refuse('`messages` is not a list.');
  const counts = [
    'errorCount',
    'warningCount',
    'fixableErrorCount',
    'fixableWarningCount',
    'fatalErrorCount',
  ].map((name) => readCount(file, name, messages === undefined && /^(error|warning)Count$/.test(name)));
  if (messages === undefined) addCounts(counts, tally);
  else {
    for (const message of messages as readonly Json[]) countMessage(message, tally);
    if ((counts[0] ?? 0) > severitiesOf(messages, 2) || (counts[1] ?? 0) > severitiesOf(messages, 1))
      throw refuse('a file counts more than its messages hold.');
  }
}

function severitiesOf(messages: readonly Json[], severity: number): number {
  return messages.filter((message) => isJsonObject(message) && message['severity'] === severity).length;
}

function addCounts(
  [errors = 0, warnings = 0, fixableErrors = 0, fixableWarnings = 0, fatal = 0]: number[],
  tally: FindingTally,
) {
  tally.add('errors', errors);
  tally.add('warnings', warnings);
  tally.add('fatal', fatal);
  tally.add('fixable', fixableErrors + fixableWarnings);
  tally.add('fixable.errors', fixableErrors);
  tally.add('fixable.warnings', fixableWarnings);
}

function countMessage(message: Json, tally: FindingTally): void {
  const severity = isJsonObject(message) ? message['severity'] : undefined;
  if (!isJsonObject(message) || (severity !== 1 && severity !== 2))
    throw refuse('a message has no severity 1 or 2.');
  const kind = severity === 2 ? 'errors' : 'warnings';
  tally.add(kind);
  if (message['fatal'] === true) tally.add('fatal');
  if (isJsonObject(message['fix'])) {
    tally.add('fixable');
    tally.add(`fixable.${kind}`);
  }
  if (typeof message['ruleId'] === 'string') tally.addRule(message['ruleId'], 1);
}

function readCount(file: JsonObject, name: string, required: boolean): number {
  const value = file[name] ?? (required ? undefined : 0);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw refuse(`${name} is no count from 0.`);
}

function refuse(problem: string): Error {
  return createReportInvalid(FORMAT, problem);
}
