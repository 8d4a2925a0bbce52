import type { PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import type { PipelineCancelInput } from '#contracts/catalogue/pipeline-cancel.js';
import { isOver } from '#contracts/cicd/execution.js';
import type { Action } from '#contracts/ports.js';
import { findExecution, requireWorld } from '../find-platform.js';

/** `pipeline/cancel`. Throws what finding the execution and the platform's client throw. */
export function createPipelineCancel(known: PipelineWorld | undefined): Action {
  return async (given, context) => {
    const world = requireWorld(known);
    const { execution: id } = given as unknown as PipelineCancelInput;
    const { client, reference } = await findExecution(world, context, id);
    const execution = await client.status(reference);
    const { state, url } = execution;
    const asked = !isOver(state);
    if (asked) await client.cancel(execution.reference);
    await world.store.observe(id, execution);
    context.log('sluice', asked ? `Asked to cancel ${url}` : `${url} is over already: ${state}.`);
    return { asked, state };
  };
}
