import { MAX_REFERENCE, REFERENCE_FORMS, SECRET_REFERENCE } from '#domain/definition/secret-reference.js';
import type { JsonObject } from '#domain/json.js';

/** Schema of a reference to a secret; the secret itself never stands in a definition. */
export function describeSecretReference(description: string): JsonObject {
  return {
    type: 'string',
    description: `${description} A reference: ${REFERENCE_FORMS}, resolved on the worker.`,
    pattern: SECRET_REFERENCE,
    maxLength: MAX_REFERENCE,
  };
}
