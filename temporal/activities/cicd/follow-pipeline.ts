import type { PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import type { PlatformClient } from '#connectors/cicd/platform.js';
import { createCanceledFailure, isRetryable } from '#contracts/catalogue/action-failure.js';
import {
  type Execution,
  type ExecutionReference,
  isOver,
  type PipelineState,
} from '#contracts/cicd/execution.js';
import { toPlainExecution } from '#contracts/cicd/plain-execution.js';
import type { ActionContext } from '#contracts/ports.js';

/** What takes long may be noticed later. */
const LONG_FACTOR = 3;
const LONG_AFTER_MS = 600_000;
/** A platform that is away is spoken of once in this time. */
const SAY_AWAY_MS = 600_000;

const WORDS: Readonly<Record<PipelineState, string>> = {
  queued: 'is queued',
  running: 'is running',
  blocked: 'waits for somebody',
  succeeded: 'has succeeded',
  unstable: 'went through with something wrong',
  failed: 'has failed',
  canceled: 'was canceled',
  skipped: 'was skipped',
};

interface Followed {
  readonly id: string;
  readonly reference: ExecutionReference;
  /** As it was seen last. */
  readonly execution?: Execution;
}

/**
 * Waits for the end of an execution: for what webhooks tell, and asking now and then. A platform
 * that is away is waited for. Throws SluiceError `canceled`, and what the platform refuses.
 */
export async function followPipeline(
  world: PipelineWorld,
  context: ActionContext,
  client: PlatformClient,
  followed: Followed,
): Promise<Execution> {
  const watch = world.changes.follow(followed.id);
  try {
    return await new Following(world, context, client, followed).run((ms) => watch.next(ms, context.signal));
  } finally {
    watch.close();
  }
}

class Following {
  private readonly began = Date.now();
  private saidAway = Number.NEGATIVE_INFINITY;
  private seen = '';
  private reference: ExecutionReference;

  constructor(
    private readonly world: PipelineWorld,
    private readonly context: ActionContext,
    private readonly client: PlatformClient,
    private readonly followed: Followed,
  ) {
    this.reference = followed.reference;
  }

  async run(pause: (ms: number) => Promise<void>): Promise<Execution> {
    const { context, followed, world } = this;
    let execution = followed.execution;
    for (let asked = 0; ; asked += 1) {
      if (execution !== undefined) {
        this.tell(execution);
        if (isOver(execution.state)) return execution;
      }
      // At first there is nothing that it was seen by: it may be over long since.
      if (execution !== undefined || asked > 0) {
        const told = await world.store.isTold(followed.id);
        await pause(this.choosePause(asked, told));
      }
      if (context.signal.aborted) throw createCanceledFailure('Waiting for the pipeline', context.signal);
      execution = (await this.ask()) ?? execution;
    }
  }

  /** Undefined: the platform is away. */
  private async ask(): Promise<Execution | undefined> {
    try {
      const execution = toPlainExecution(await this.client.status(this.reference));
      this.reference = execution.reference;
      await this.world.store.observe(this.followed.id, execution);
      return execution;
    } catch (error) {
      if (this.context.signal.aborted || !isRetryable(error)) throw error;
      if (Date.now() - this.saidAway > SAY_AWAY_MS) {
        this.saidAway = Date.now();
        this.context.log('sluice', `${error.message} The pipeline goes on; asking again.`);
      }
      return undefined;
    }
  }

  private choosePause(asked: number, told: boolean): number {
    const { pollMs, toldMs } = this.world.pace;
    if (asked === 0 && !told) return pollMs / 2;
    const long = Date.now() - this.began > LONG_AFTER_MS;
    const base = told ? toldMs : long ? LONG_FACTOR * pollMs : pollMs;
    // A little later each time, so that many that began together do not ask together.
    return base * (1 + Math.random() / 5);
  }

  private tell({ state, native, url, attempt }: Execution): void {
    const now = `${state}/${attempt}`;
    if (now === this.seen) return;
    this.seen = now;
    this.context.log('sluice', `The pipeline ${WORDS[state]} (${native}): ${url}`);
  }
}
