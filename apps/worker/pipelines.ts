import type { DataSource } from 'typeorm';
import type { Connections } from '#connectors/cicd/connections.js';
import type { PipelinePace, PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import type { Platforms } from '#connectors/cicd/platforms.js';
import type { PipelineChanges } from '#contracts/cicd/pipeline-store.js';
import type { ActionContext } from '#contracts/ports.js';
import { PostgresPipelineStore } from '#persistence/pipelines/pipeline-store.js';

/** A step waits as long as the platform asks; its own limit ends that. */
const PATIENCE_MS = 3_600_000;

/** The platforms as the steps of runs reach them. */
export function createPipelineWorld(
  dataSource: DataSource,
  platforms: Platforms,
  connections: Connections,
  changes: PipelineChanges,
  pace: PipelinePace,
): PipelineWorld {
  const secretsOf = new WeakMap<ActionContext, Map<string, string>>();
  return {
    store: new PostgresPipelineStore(dataSource),
    changes,
    pace,
    connect(integration, context, signal, leaves) {
      const platform = platforms.require(integration.platform);
      const secrets = secretsOf.get(context) ?? new Map<string, string>();
      secretsOf.set(context, secrets);
      const connection = connections.open(integration, {
        signal,
        patienceMs: PATIENCE_MS,
        resolve: (reference) => resolve(context, secrets, reference),
        mask: (secret) => context.mask(secret),
        hide: (text) => context.hide(text),
        waits: (reason) => context.log('sluice', reason),
        ...(leaves === undefined ? {} : { leaves }),
      });
      return { description: platform.description, client: platform.connect(connection) };
    },
  };
}

/** What is left to do after an attempt was stopped is done with the secrets that it had. */
async function resolve(
  context: ActionContext,
  known: Map<string, string>,
  reference: string,
): Promise<string> {
  const kept = known.get(reference);
  if (kept !== undefined && context.signal.aborted) return kept;
  const secret = await context.secrets.resolve(reference);
  known.set(reference, secret);
  return secret;
}
