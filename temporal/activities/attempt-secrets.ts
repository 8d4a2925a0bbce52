import type { ActionDescription } from '#contracts/catalogue/action.js';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SecretResolver, SecretValue } from '#contracts/ports.js';
import type { SecretsDefinition } from '#domain/definition/definition.js';

/**
 * The values of a step's `secrets`, all of them or none. Throws SluiceError `secrets-not-taken` where the action takes
 * none, and what the resolver throws.
 */
export async function resolveSecrets(
  description: ActionDescription,
  secrets: SecretsDefinition,
  resolver: SecretResolver,
): Promise<ReadonlyMap<string, SecretValue>> {
  const entries = Object.entries(secrets);
  if (entries.length > 0 && !description.takesSecrets) throw createNotTaken(description.name);
  const values = new Map<string, SecretValue>();
  for (const [name, { from, as }] of entries) values.set(name, { value: await resolver.resolve(from), as });
  return values;
}

function createNotTaken(action: string): Error {
  return createActionFailure({
    code: 'secrets-not-taken',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${action} takes no \`secrets\`.`,
    hint: 'Leave them out; some actions take a reference to a secret in `with`.',
  });
}
