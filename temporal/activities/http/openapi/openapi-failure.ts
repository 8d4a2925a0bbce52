import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';

const HINTS = {
  'openapi-document-invalid':
    'Check the URL: it must answer with the OpenAPI document itself, in JSON or YAML.',
  'openapi-operation-unknown': 'Use an `operationId` of the document.',
  'openapi-parameter-missing': 'Give a value for each required parameter of the operation.',
} as const;

export function openapiFailure(code: keyof typeof HINTS, message: string, retryable: boolean): SluiceError {
  return createActionFailure({
    code,
    fault: retryable ? 'operational' : 'user',
    class: retryable ? 'dependency' : 'configuration',
    retryable,
    message,
    hint: HINTS[code],
  });
}
