import type { IntegrationRow } from '#persistence/integrations/integration-repository.js';

/** An integration as the log names it. */
export function describeIntegration({
  id,
  name,
  project,
}: IntegrationRow): Readonly<Record<string, unknown>> {
  return { integration: id, name, project };
}
