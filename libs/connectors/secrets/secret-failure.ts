import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';

export function createReferenceInvalid(message: string, hint: string): SluiceError {
  return createActionFailure({
    code: 'secret-reference-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message,
    hint,
  });
}

export function createSecretNotFound(reference: string, hint: string): SluiceError {
  return createActionFailure({
    code: 'secret-not-found',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The secret ${JSON.stringify(reference)} does not exist or is empty.`,
    hint,
  });
}
