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
