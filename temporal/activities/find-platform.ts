import type { ConnectedPlatform, PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { IntegrationSettings } from '#contracts/cicd/integration.js';
import type { KnownExecution } from '#contracts/cicd/pipeline-store.js';
import type { ActionContext } from '#contracts/ports.js';

/** An integration of the run's project, and its platform as this attempt reaches it. */
export interface ReachedPlatform extends ConnectedPlatform {
  readonly integration: IntegrationSettings;
}

/** Throws SluiceError `integration-not-found`, `integration-disabled`. */
export async function findPlatform(
  world: PipelineWorld,
  context: ActionContext,
  name: string,
): Promise<ReachedPlatform> {
  const integration = await world.store.findIntegration(context.run, name);
  if (integration === undefined) {
    throw createActionFailure({
      code: 'integration-not-found',
      fault: 'user',
      class: 'configuration',
      retryable: false,
      message: `The project has no integration ${name}.`,
      hint: 'Register it with `sluice integrations set`, or correct the name.',
    });
  }
  return reach(world, context, integration);
}

/** An execution that an earlier step or a person names by its id. Throws SluiceError `execution-not-found`, `integration-disabled`. */
export async function findExecution(
  world: PipelineWorld,
  context: ActionContext,
  id: string,
): Promise<ReachedPlatform & Pick<KnownExecution, 'reference'>> {
  const known = await world.store.find(context.run, id);
  if (known === undefined) {
    throw createActionFailure({
      code: 'execution-not-found',
      fault: 'user',
      class: 'configuration',
      retryable: false,
      message: `The project knows no execution ${id} of a pipeline, or its integration was deleted.`,
      hint: 'Use `execution` of the output of the step that started it.',
    });
  }
  return { ...reach(world, context, known.integration), reference: known.reference };
}

/** Throws SluiceError `pipelines-not-here` where there is no server. */
export function requireWorld(world: PipelineWorld | undefined): PipelineWorld {
  if (world !== undefined) return world;
  throw createActionFailure({
    code: 'pipelines-not-here',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: 'Integrations are known to a server, and there is none here.',
    hint: 'Start the workflow on a server, or give the step a mock in its tests.',
  });
}

function reach(
  world: PipelineWorld,
  context: ActionContext,
  integration: IntegrationSettings,
): ReachedPlatform {
  if (integration.status === 'disabled') {
    throw createActionFailure({
      code: 'integration-disabled',
      fault: 'user',
      class: 'configuration',
      retryable: false,
      message: `The integration ${integration.name} is disabled.`,
      hint: 'Set its status to `active`.',
    });
  }
  return { integration, ...world.connect(integration, context, context.signal) };
}
