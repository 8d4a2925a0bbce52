import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';

/** The text is not a report of the format it was taken for. */
export function createReportInvalid(format: string, problem: string, cause?: unknown): SluiceError {
  return createActionFailure({
    code: 'report-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The report is not valid ${format}: ${problem}`,
    hint: 'Check that the test runner wrote the file to its end, and in this format.',
    cause,
  });
}

/** What wrote the report says itself that it did not come to its end. */
export function createReportIncomplete(format: string, problem: string): SluiceError {
  return createActionFailure({
    code: 'report-incomplete',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The ${format} report is not the whole truth: ${problem}`,
    hint: 'Let the tool run to its end, and look at what it printed.',
  });
}

/** @param problem a whole sentence */
export function createReportTooLarge(problem: string): SluiceError {
  return createActionFailure({
    code: 'report-too-large',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: problem,
    hint: 'Let the tool write several reports, leave out what is captured or not wanted, or use a narrower pattern.',
  });
}

/** Numbers of tests and of coverage make no sum. */
export function createReportsMixed(first: string, other: string): SluiceError {
  return createActionFailure({
    code: 'report-kinds-mixed',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `Reports of two kinds stand under one name: ${first} and ${other}.`,
    hint: 'Give each kind a name and a pattern of its own.',
  });
}
