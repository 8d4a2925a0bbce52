import type { PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import { isRetryable } from '#contracts/catalogue/action-failure.js';
import type { PipelineRunInput } from '#contracts/catalogue/pipeline-run.js';
import type { OutcomeOutput } from '#contracts/catalogue/pipeline-schemas.js';
import { isOver } from '#contracts/cicd/execution.js';
import { TIMEOUT_GRACE_MS } from '#contracts/names.js';
import type { Action, ActionContext } from '#contracts/ports.js';
import { isSluiceError } from '#domain/errors.js';
import type { JsonObject } from '#domain/json.js';
import { findPlatform, type ReachedPlatform, requireWorld } from '../find-platform.js';
import { followPipeline } from './follow-pipeline.js';
import { takeOutcome } from './pipeline-outcome.js';
import { PipelineStart } from './start-pipeline.js';

/** What is left to do once the step is over gets this long, in milliseconds. */
const CLOSE_MS = 20_000;
/** The same of one that timed out: then the next attempt comes, whatever is left to do. */
const CLOSE_LATE_MS = TIMEOUT_GRACE_MS - 1_000;

/** `pipeline/run`. Throws what finding the integration, starting, following and the outcome throw. */
export function createPipelineRun(known: PipelineWorld | undefined): Action {
  return async (given, context) => {
    const world = requireWorld(known);
    const input = given as unknown as PipelineRunInput;
    const platform = await findPlatform(world, context, input.integration);
    return (await new PipelineUse(world, context, platform, input).run()) as unknown as JsonObject;
  };
}

class PipelineUse {
  private readonly start: PipelineStart;

  constructor(
    private readonly world: PipelineWorld,
    private readonly context: ActionContext,
    private readonly platform: ReachedPlatform,
    private readonly input: PipelineRunInput,
  ) {
    this.start = new PipelineStart(world, context, platform, input);
  }

  async run(): Promise<OutcomeOutput> {
    const { world, context, platform, input } = this;
    try {
      const started = await this.start.run();
      const { id } = started;
      const followed = { ...started, reference: started.execution.reference };
      const execution = await followPipeline(world, context, platform.client, followed);
      try {
        // Its end stays the step's, should it not be heard, but for one after which the step is tried again.
        return await takeOutcome(world, context, platform, { id, execution }, input);
      } catch (error) {
        if (isOutcome(error) && isRetryable(error)) await world.store.conclude(id, context.attempt);
        throw error;
      }
    } catch (error) {
      if (context.signal.aborted && context.whyStopped() !== 'superseded') await this.cancel();
      throw error;
    }
  }

  /** Nobody waits for the pipeline any longer. What cannot be done is told, and changes nothing. */
  private async cancel(): Promise<void> {
    const { world, context, platform } = this;
    const signal = AbortSignal.timeout(context.whyStopped() === 'timed-out' ? CLOSE_LATE_MS : CLOSE_MS);
    try {
      const found = await this.start.findStarted(signal);
      if (found === undefined || isOver(found.execution.state)) return;
      await world.connect(platform.integration, context, signal).client.cancel(found.execution.reference);
      context.log('sluice', `${platform.description.title} was asked to cancel ${found.execution.url}`);
      await world.store.observe(found.id, found.execution);
      await world.store.conclude(found.id, context.attempt);
    } catch (error) {
      const words = isSluiceError(error) ? error.message : 'the platform cannot be reached.';
      context.log('sluice', `The pipeline could not be canceled: ${words}`);
    }
  }
}

function isOutcome(error: unknown): boolean {
  return isSluiceError(error) && /^pipeline-(failed|canceled|unstable)$/.test(error.code);
}
