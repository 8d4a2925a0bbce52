import type { JsonObject } from '#domain/json.js';

/** Schema of a reference to a secret; the secret itself never stands in a definition. */
export function describeSecretReference(description: string): JsonObject {
  return {
    type: 'string',
    description: `${description} A reference: \`env:NAME\` or \`file:/absolute/path\`, resolved on the worker.`,
    pattern: '^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$',
    maxLength: 1024,
  };
}
