import type { PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import type { PipelineTargetInput } from '#contracts/catalogue/pipeline-schemas.js';
import type { Action } from '#contracts/ports.js';
import { findPlatform, requireWorld } from '../find-platform.js';
import { describeStarted } from './pipeline-outcome.js';
import { PipelineStart } from './start-pipeline.js';

/** `pipeline/trigger`. Throws what finding the integration and starting throw. */
export function createPipelineTrigger(known: PipelineWorld | undefined): Action {
  return async (given, context) => {
    const world = requireWorld(known);
    const input = given as unknown as PipelineTargetInput;
    const platform = await findPlatform(world, context, input.integration);
    const { id, execution } = await new PipelineStart(world, context, platform, input).run();
    context.log('sluice', `Started ${execution.title}: ${execution.url}`);
    return { ...describeStarted(id, platform.description.name, execution) };
  };
}
