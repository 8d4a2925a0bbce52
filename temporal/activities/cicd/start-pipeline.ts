import type { PipelineWorld } from '#connectors/cicd/pipeline-world.js';
import type { Found, PlatformClient } from '#connectors/cicd/platform.js';
import {
  type ActionFailureDetails,
  createActionFailure,
  createCanceledFailure,
  isRetryable,
} from '#contracts/catalogue/action-failure.js';
import type { PipelineTargetInput } from '#contracts/catalogue/pipeline-schemas.js';
import type { Execution, ExecutionReference } from '#contracts/cicd/execution.js';
import type { NotedStart } from '#contracts/cicd/pipeline-store.js';
import { toPlainExecution } from '#contracts/cicd/plain-execution.js';
import type { ActionContext } from '#contracts/ports.js';
import { isSluiceError } from '#domain/errors.js';
import type { ReachedPlatform } from '../find-platform.js';

const KEY_INPUT = 'sluice_key';
/** How long a start may still be on its way after it was sent: the limit of a request. */
const ON_ITS_WAY_MS = 30_000;
const LOOK_MS = 2_000;
/** By which the platform's clock may be behind ours. */
const CLOCKS_MS = 5_000;

export interface StartedPipeline {
  /** Of the execution here. */
  readonly id: string;
  readonly execution: Execution;
}

/**
 * Starts the pipeline of a step exactly once, however often the step is attempted: the start is noted before it is sent, and
 * one that was sent before is looked for until it can no longer be on its way. Throws SluiceError
 * `pipeline-start-uncertain`, and what the platform's client throws.
 */
export class PipelineStart {
  private noted: NotedStart | undefined;
  private reference: ExecutionReference | undefined;

  constructor(
    private readonly world: PipelineWorld,
    private readonly context: ActionContext,
    private readonly platform: ReachedPlatform,
    private readonly input: PipelineTargetInput,
  ) {}

  async run(): Promise<StartedPipeline> {
    const { run, step, attempt, begunAfter = 0, followsLost } = this.context;
    const { integration } = this.platform;
    const { project, pipeline = '', ref } = this.input;
    const begun = await this.world.store.begin({
      run,
      step,
      attempt,
      begunAfter,
      ...(followsLost === undefined ? {} : { followsLost }),
      integration,
      project,
      pipeline,
      ...(ref === undefined ? {} : { ref }),
    });
    this.noted = begun;
    this.reference = begun.reference;
    const execution = toPlainExecution(await this.find(begun));
    this.reference = execution.reference;
    await this.world.store.observe(begun.id, execution);
    return { id: begun.id, execution };
  }

  /** What this attempt has started, as far as that is known, asked with a client of its own: the attempt is over. */
  async findStarted(signal: AbortSignal): Promise<StartedPipeline | undefined> {
    const { noted, reference } = this;
    if (noted === undefined) return undefined;
    const { client } = this.world.connect(this.platform.integration, this.context, signal);
    if (reference !== undefined) return { id: noted.id, execution: await client.status(reference) };
    if (noted.sentAt === undefined) return undefined;
    // What was cut off on its way may be taken all the same, and shows a little later.
    const until = noted.sentAt + this.platform.description.settleMs;
    const watch = this.world.changes.follow(noted.id);
    try {
      for (;;) {
        const last = Date.now() >= until;
        const found = await client.find(this.searchFor(noted));
        if (found.outcome === 'found') return { id: noted.id, execution: found.execution };
        if (last || signal.aborted) return undefined;
        await watch.next(LOOK_MS, signal);
      }
    } finally {
      watch.close();
    }
  }

  private async find(noted: NotedStart): Promise<Execution> {
    if (noted.reference !== undefined) return this.platform.client.status(noted.reference);
    const earlier = noted.sentAt === undefined ? undefined : await this.recover(noted, noted.sentAt);
    return earlier ?? this.trigger(noted);
  }

  private async trigger(begun: NotedStart): Promise<Execution> {
    const { store } = this.world;
    const { id } = begun;
    const { integration } = this.platform;
    await this.noteSending(begun);
    try {
      // Limits may have held it back for long: what counts is when it leaves.
      const leaves = () => this.noteSending(this.noted ?? begun);
      const { client } = this.world.connect(integration, this.context, this.context.signal, leaves);
      return await client.trigger({
        ...this.target,
        inputs: this.input.inputs ?? {},
        key: id,
        keyInput: this.input.keyInput ?? KEY_INPUT,
      });
    } catch (error) {
      if (isRefusal(error)) {
        // There is nothing to look for.
        this.noted = undefined;
        await store.conclude(id, this.context.attempt);
        throw error;
      }
      const { noted } = this;
      if (this.context.signal.aborted || !isRetryable(error) || noted?.sentAt === undefined) throw error;
      this.context.log('sluice', error.message);
      const found = await this.recover(noted, noted.sentAt);
      if (found !== undefined) return found;
      throw error;
    }
  }

  /** Throws SluiceError `pipeline-start-overtaken`: of attempts that overlap, since one is thought lost, one sends it. */
  private async noteSending(noted: NotedStart): Promise<void> {
    const now = Date.now();
    if (!(await this.world.store.sending(noted.id, now, noted.sentAt))) throw createOvertaken();
    this.noted = { ...noted, sentAt: now, since: noted.since ?? now };
  }

  /** Undefined: it certainly started nothing. */
  private async recover(noted: NotedStart, sentAt: number): Promise<Execution | undefined> {
    const { description, client } = this.platform;
    const { signal } = this.context;
    const until = sentAt + ON_ITS_WAY_MS + description.settleMs;
    this.context.log('sluice', `The pipeline may have been started: looking for it at ${description.title}.`);
    // A webhook may tell of it first.
    const watch = this.world.changes.follow(noted.id);
    try {
      for (;;) {
        const settled = Date.now() >= until;
        const found = await this.look(client, noted, settled);
        if (found?.outcome === 'found') return found.execution;
        if (found?.outcome === 'absent' && settled) return undefined;
        if (found?.outcome === 'uncertain' && settled)
          throw createUncertain(description.title, found.candidates);
        await watch.next(LOOK_MS, signal);
        if (signal.aborted) throw createCanceledFailure('The start of the pipeline', signal);
      }
    } finally {
      watch.close();
    }
  }

  /** Undefined: the platform is away, and there is still time. */
  private async look(client: PlatformClient, noted: NotedStart, last: boolean): Promise<Found | undefined> {
    try {
      return await client.find(this.searchFor(noted));
    } catch (error) {
      if (last || this.context.signal.aborted || !isRetryable(error)) throw error;
      return undefined;
    }
  }

  private searchFor({ id, since = Date.now() }: NotedStart) {
    const { keyInput = KEY_INPUT } = this.input;
    return { ...this.target, key: id, keyInput, since: since - CLOCKS_MS };
  }

  private get target() {
    const { project, pipeline = '', ref } = this.input;
    return { project, pipeline, ...(ref === undefined ? {} : { ref }) };
  }
}

/** Whether the start was certainly not taken: not where an answer was lost or too large, or the platform itself is unwell. */
function isRefusal(error: unknown): boolean {
  if (!isSluiceError(error) || error.code === 'canceled' || error.code === 'http-response-too-large')
    return false;
  const { retryable } = (error.details ?? {}) as Partial<ActionFailureDetails>;
  return retryable === false || error.code === 'platform-rate-limited';
}

function createOvertaken(): Error {
  return createActionFailure({
    code: 'pipeline-start-overtaken',
    fault: 'operational',
    class: 'infrastructure',
    retryable: true,
    message: 'Another attempt of the step has sent the start of the pipeline in the meantime.',
    hint: 'The next attempt finds what that one has started.',
  });
}

function createUncertain(title: string, candidates: readonly Execution[]): Error {
  const urls = candidates.slice(0, 5).map(({ url }) => url);
  return createActionFailure({
    code: 'pipeline-start-uncertain',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `Whether the pipeline was started cannot be told: the answer of ${title} was lost, and what was started since carries no key: ${urls.join(', ')}.`,
    hint: `Look at those. Having the step done again starts another. That it can be told the next time, have the pipeline declare the input \`${KEY_INPUT}\`, and show it in its name where the platform asks for that.`,
    facts: { candidates: urls },
  });
}
