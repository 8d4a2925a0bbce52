import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionDescription } from '#contracts/catalogue/action.js';
import type { AttemptEnding, ObserveAttempt, ObservedAttempt } from '#contracts/observation.js';
import type {
  Action,
  ActionContext,
  AttemptEnd,
  AttemptKey,
  AttemptStart,
  LogChunk,
  ObjectStore,
  SecretResolver,
  SecretValue,
  StopReason,
} from '#contracts/ports.js';
import type { ActionInput } from '#contracts/run.js';
import type { Json, JsonObject } from '#domain/json.js';
import {
  type AttemptFailure,
  describeFailure,
  SHUT_DOWN,
  TIMED_OUT,
  withLimitsPause,
} from './attempt-failure.js';
import { AttemptLog } from './attempt-log.js';
import { resolveSecrets } from './attempt-secrets.js';
import { createInputCheck } from './check-input.js';
import { checkOutput } from './check-output.js';
import { diagnoseFailure } from './diagnose-failure.js';
import { HandedOver } from './handed-over.js';
import { LargeValues } from './large-values.js';
import { maskJson } from './mask-json.js';

/** Recording that never blocks and never fails the work it tells of. */
export interface AttemptRecorder {
  recordAttemptStarted(start: AttemptStart): void;
  recordAttemptEnded(end: AttemptEnd): void;
  appendLog(chunk: LogChunk): void;
  /** Resolves when all that was recorded before is written, after `ms` at the latest. */
  settle(ms: number): Promise<void>;
}

/** How long work waits at most for the record that it began. */
const RECORD_MS = 1_000;
/** The same for the lines of its log. */
const LOG_MS = 60_000;

export interface ActionWorld {
  readonly recorder: AttemptRecorder;
  readonly secrets: SecretResolver;
  readonly objects: ObjectStore;
  /** One for all attempts of a run, so that a secret of one step is hidden in the others, too. */
  readonly maskOf: (run: string) => Mask;
  /** Folder that holds one workspace per run. */
  readonly workspaces: string;
  /** Worker and process, for people. */
  readonly worker: string;
  readonly observe?: ObserveAttempt;
}

/** Hides the secrets that it was told in every text it is given. */
interface Mask {
  add(secret: string): void;
  apply(text: string): string;
  readonly isEmpty: boolean;
}

/** What whoever has the attempt made knows of it, and the action does not. */
interface AttemptSetting {
  /** Number among the attempts of the step, from 1. */
  readonly attempt: number;
  /** The attempt before was cut off with its worker. */
  readonly followsLost?: true;
  /** Names the attempt for whoever tells of its end in the worker's place. */
  readonly taskToken?: Uint8Array;
  /** Limit of the work. */
  readonly limitMs: number;
  /** Aborted when the step is canceled, or whoever runs it goes down. */
  readonly cancellation: AbortSignal;
  /** Asked once `cancellation` is aborted. */
  readonly isShutdown?: () => boolean;
  /** The same: whether another attempt of the step goes on, or is to. The step was canceled when absent. */
  readonly isSuperseded?: () => boolean;
}

export type AttemptOutcome =
  | { readonly status: 'succeeded'; readonly output: Json }
  | { readonly status: 'failed'; readonly failure: AttemptFailure }
  | { readonly status: 'canceled' }
  /** Goes on elsewhere: whoever has its token tells of its end. */
  | { readonly status: 'handed-over' };

/** Never rejects. */
export type MakeAttempt = (input: ActionInput, setting: AttemptSetting) => Promise<AttemptOutcome>;

/**
 * Makes single attempts of an action, whoever asks for them: checks its input and output, hands it its secrets and large
 * values, tells when each attempt begins and ends, carries its log, enforces its time limit, takes secrets out of
 * everything that leaves it.
 */
export function createAttempts(
  description: ActionDescription,
  action: Action,
  world: ActionWorld,
): MakeAttempt {
  const machinery: Machinery = {
    description,
    action,
    world,
    checkInput: createInputCheck(description),
    largeValues: largeValuesOf(world.objects),
  };
  return (input, setting) => new Attempt(machinery, input, setting).run();
}

interface Machinery {
  readonly description: ActionDescription;
  readonly action: Action;
  readonly world: ActionWorld;
  readonly checkInput: (input: JsonObject) => void;
  readonly largeValues: LargeValues;
}

/** One for all actions of a process, so that they share its limit. */
const LARGE_VALUES = new WeakMap<ObjectStore, LargeValues>();

function largeValuesOf(store: ObjectStore): LargeValues {
  const known = LARGE_VALUES.get(store) ?? new LargeValues(store);
  LARGE_VALUES.set(store, known);
  return known;
}

class Attempt {
  private readonly key: AttemptKey;
  private readonly mask: Mask;
  private readonly log: AttemptLog;
  private readonly limit: AbortSignal;
  private readonly observed: (ending: AttemptEnding) => void;
  /** Of the limit and of whoever asked. */
  private readonly signal: AbortSignal;

  constructor(
    private readonly machinery: Machinery,
    private readonly input: ActionInput,
    private readonly setting: AttemptSetting,
  ) {
    const { world } = machinery;
    this.key = { run: input.run.id, step: input.step, attempt: setting.attempt };
    this.mask = world.maskOf(input.run.id);
    this.log = new AttemptLog(
      this.key,
      (text) => this.hide(text),
      (chunk) => world.recorder.appendLog(chunk),
    );
    this.observed = world.observe?.(this.describe()) ?? (() => undefined);
    this.limit = AbortSignal.timeout(Math.max(1, setting.limitMs));
    this.signal = AbortSignal.any([setting.cancellation, this.limit]);
  }

  private describe(): ObservedAttempt {
    const { run, origin } = this.input;
    return { ...this.key, workflow: run.workflow, action: this.machinery.description.name, origin };
  }

  async run(): Promise<AttemptOutcome> {
    const { description, world } = this.machinery;
    const { input, key } = this;
    world.recorder.recordAttemptStarted({
      ...key,
      at: Date.now(),
      action: description.name,
      worker: world.worker,
      rebuild: input.rebuild === true,
      input: input.with,
    });
    try {
      // What may be cut off in its middle is on record before it acts.
      if (!description.quick) await world.recorder.settle(RECORD_MS);
      const output = await this.keep(await this.act());
      this.end('succeeded');
      return { status: 'succeeded', output };
    } catch (error) {
      if (error instanceof HandedOver) {
        this.log.flush();
        return { status: 'handed-over' };
      }
      return this.conclude(error);
    }
  }

  private async act(): Promise<Json> {
    const { description, action, checkInput, largeValues } = this.machinery;
    const { input } = this;
    // All secrets are masked before anything can print one.
    const secretValues = await resolveSecrets(description, input.secrets ?? {}, this.secrets);
    const value = await largeValues.putIn(input.with, input.project);
    checkInput(value);
    return action(value, await this.createContext(secretValues));
  }

  /** What the step gives out: without secrets, of the declared form, small enough for a history. */
  private async keep(output: Json): Promise<Json> {
    const shown = this.mask.isEmpty ? output : maskJson(output, (text) => this.hide(text));
    if (this.input.outputSchema !== undefined) checkOutput(this.input.outputSchema, shown);
    return this.machinery.largeValues.takeOut(shown, this.key);
  }

  private async createContext(secretValues: ReadonlyMap<string, SecretValue>): Promise<ActionContext> {
    const { world, description } = this.machinery;
    const workspace = join(world.workspaces, this.input.run.id);
    if (description.workspace) await mkdir(workspace, { recursive: true });
    return {
      ...this.key,
      ...(this.input.begunAfter === undefined ? {} : { begunAfter: this.input.begunAfter }),
      ...(this.setting.followsLost === undefined ? {} : { followsLost: true }),
      idempotencyKey: this.input.idempotencyKey,
      ...(this.setting.taskToken === undefined ? {} : { taskToken: this.setting.taskToken }),
      signal: this.signal,
      workspace,
      secrets: this.secrets,
      secretValues,
      whyStopped: () => this.whyStopped(),
      log: (stream, text) => this.log.add(stream, text),
      logWritten: async () => {
        this.log.flush();
        await world.recorder.settle(LOG_MS);
      },
      mask: (secret) => this.mask.add(secret),
      hide: (text) => this.hide(text),
    };
  }

  private readonly secrets: SecretResolver = {
    resolve: async (reference) => {
      const secret = await this.machinery.world.secrets.resolve(reference, this.signal);
      this.mask.add(secret);
      return secret;
    },
  };

  private whyStopped(): StopReason | undefined {
    const { cancellation, isShutdown, isSuperseded } = this.setting;
    if (!this.signal.aborted) return undefined;
    if (!cancellation.aborted) return 'timed-out';
    return isShutdown?.() === true || isSuperseded?.() === true ? 'superseded' : 'canceled';
  }

  private hide(text: string): string {
    return this.mask.apply(text);
  }

  private conclude(thrown: unknown): AttemptOutcome {
    const { cancellation, isShutdown } = this.setting;
    if (cancellation.aborted) {
      if (isShutdown?.() === true) return this.fail(SHUT_DOWN);
      this.end('canceled');
      return { status: 'canceled' };
    }
    if (this.limit.aborted) return this.fail(TIMED_OUT);
    const failure = describeFailure(thrown, (text) => this.hide(text));
    const error = diagnoseFailure(failure.error, () => this.log.readTail());
    return this.fail(withLimitsPause({ ...failure, error }));
  }

  private fail(failure: AttemptFailure): AttemptOutcome {
    this.end('failed', failure);
    return { status: 'failed', failure };
  }

  private end(status: 'succeeded' | 'failed' | 'canceled', failure?: AttemptFailure): void {
    this.log.flush();
    this.machinery.world.recorder.recordAttemptEnded({
      ...this.key,
      at: Date.now(),
      status,
      ...(failure === undefined ? {} : { error: failure.error }),
    });
    this.observed({ status, ...(failure === undefined ? {} : { code: failure.error.code }) });
  }
}
