import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';

const HINTS = {
  'openapi-document-invalid':
    'Check the URL: it must answer with the OpenAPI document itself, in JSON or YAML.',
  'openapi-operation-unknown': 'Use an `operationId` of the document.',
  'openapi-parameter-missing': 'Give a value for each required parameter of the operation.',
} as const;

export function createOpenapiFailure(code: keyof typeof HINTS, message: string): SluiceError {
  return createActionFailure({
    code,
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message,
    hint: HINTS[code],
  });
}

/** The server that has the document says that it cannot answer now. */
export function createDocumentAway(status: number): SluiceError {
  return createActionFailure({
    code: 'openapi-document-unavailable',
    fault: 'operational',
    class: 'dependency',
    retryable: true,
    message: `The OpenAPI document was answered with status ${status}.`,
    hint: 'Ask the server that has it.',
  });
}
