import type { PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import type { PipelineWaitInput } from '#contracts/catalogue/pipeline-wait.js';
import type { Action } from '#contracts/ports.js';
import type { JsonObject } from '#domain/json.js';
import { findExecution, requireWorld } from '../find-platform.js';
import { followPipeline } from './follow-pipeline.js';
import { takeOutcome } from './pipeline-outcome.js';

/** `pipeline/wait`. Throws what finding the execution, following and the outcome throw. */
export function createPipelineWait(known: PipelineWorld | undefined): Action {
  return async (given, context) => {
    const world = requireWorld(known);
    const { execution: id, ...wanted } = given as unknown as PipelineWaitInput;
    const platform = await findExecution(world, context, id);
    const { reference } = platform;
    const execution = await followPipeline(world, context, platform.client, { id, reference });
    return (await takeOutcome(world, context, platform, { id, execution }, wanted)) as unknown as JsonObject;
  };
}
