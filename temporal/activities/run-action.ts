import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledFailure, Context } from '@temporalio/activity';
import type { ActionDescription } from '#contracts/catalogue/action.js';
import { TIMEOUT_GRACE_MS } from '#contracts/names.js';
import type { Action, AttemptKey, RunRecorder, SecretResolver } from '#contracts/ports.js';
import type { ActionInput, ActionResult } from '#contracts/run.js';
import { exceedsValueLimit } from '#domain/execution/limits.js';
import type { Json } from '#domain/json.js';
import {
  type AttemptFailure,
  describeFailure,
  OUTPUT_TOO_LARGE,
  SHUT_DOWN,
  TIMED_OUT,
  toApplicationFailure,
} from './attempt-failure.js';
import { AttemptLog } from './attempt-log.js';
import { createInputCheck } from './check-input.js';
import { maskJson } from './mask-json.js';

/** Recording that never blocks and never fails the work it tells of. */
export type AttemptRecorder = {
  readonly [M in 'recordAttemptStarted' | 'recordAttemptEnded' | 'appendLog']: (
    ...args: Parameters<RunRecorder[M]>
  ) => void;
} & {
  /** Resolves when all that was recorded before is written, after `ms` at the latest. */
  settle(ms: number): Promise<void>;
};

/** How long work waits at most for the record that it began. */
const RECORD_MS = 1_000;

export interface ActionWorld {
  readonly recorder: AttemptRecorder;
  readonly secrets: SecretResolver;
  readonly createMask: () => Mask;
  /** Folder that holds one workspace per run. */
  readonly workspaces: string;
  /** Worker and process, for people. */
  readonly worker: string;
}

/** Hides the secrets that it was told in every text it is given. */
interface Mask {
  add(secret: string): void;
  apply(text: string): string;
}

export type ActionActivity = (input: ActionInput) => Promise<ActionResult>;

/**
 * Makes a Temporal activity of an action: checks its input, tells when each attempt begins and ends, carries its
 * log, heartbeats, enforces its time limit, takes secrets out of everything that leaves it.
 */
export function createActionActivity(
  description: ActionDescription,
  action: Action,
  world: ActionWorld,
): ActionActivity {
  const checkInput = createInputCheck(description);
  return async (input) => {
    const attempt = new Attempt(description, input, world);
    return attempt.run(async (context) => {
      checkInput(input.with);
      return action(input.with, context);
    });
  };
}

class Attempt {
  private readonly activity = Context.current();
  private readonly key: AttemptKey;
  private readonly mask: Mask;
  private readonly log: AttemptLog;
  private readonly limit: AbortSignal;

  constructor(
    private readonly description: ActionDescription,
    private readonly input: ActionInput,
    private readonly world: ActionWorld,
  ) {
    const { info } = this.activity;
    this.key = { run: input.run.id, step: input.step, attempt: input.attemptsBefore + info.attempt };
    this.mask = world.createMask();
    this.log = new AttemptLog(
      this.key,
      (text) => this.mask.apply(text),
      (chunk) => world.recorder.appendLog(chunk),
    );
    const graceMs = description.quick ? 0 : TIMEOUT_GRACE_MS;
    this.limit = AbortSignal.timeout(Math.max(1, info.startToCloseTimeoutMs - graceMs));
  }

  async run(work: (context: Parameters<Action>[1]) => Promise<Json>): Promise<ActionResult> {
    const { recorder, worker } = this.world;
    const { description, input, key } = this;
    recorder.recordAttemptStarted({
      ...key,
      at: Date.now(),
      action: description.name,
      worker,
      rebuild: input.rebuild === true,
      input: input.with,
    });
    const stopHeartbeat = this.startHeartbeat();
    try {
      // What may be cut off in its middle is on record before it acts.
      if (!description.quick) await recorder.settle(RECORD_MS);
      const output = await work(await this.createContext());
      if (exceedsValueLimit(output)) return this.fail(OUTPUT_TOO_LARGE);
      this.end('succeeded');
      return { output: maskJson(output, (text) => this.mask.apply(text)), attempts: key.attempt };
    } catch (error) {
      return this.conclude(error);
    } finally {
      stopHeartbeat();
    }
  }

  private async createContext(): Promise<Parameters<Action>[1]> {
    const workspace = join(this.world.workspaces, this.input.run.id);
    if (this.description.workspace) await mkdir(workspace, { recursive: true });
    return {
      attempt: this.key.attempt,
      idempotencyKey: this.input.idempotencyKey,
      signal: AbortSignal.any([this.activity.cancellationSignal, this.limit]),
      workspace,
      secrets: {
        resolve: async (reference) => {
          const secret = await this.world.secrets.resolve(reference);
          this.mask.add(secret);
          return secret;
        },
      },
      log: (stream, text) => this.log.add(stream, text),
      mask: (secret) => this.mask.add(secret),
    };
  }

  private conclude(thrown: unknown): never {
    const { cancellationSignal } = this.activity;
    if (cancellationSignal.aborted) {
      const reason: unknown = cancellationSignal.reason;
      if (reason instanceof CancelledFailure && reason.message === 'WORKER_SHUTDOWN')
        return this.fail(SHUT_DOWN);
      this.end('canceled');
      throw reason;
    }
    if (this.limit.aborted) return this.fail(TIMED_OUT);
    return this.fail(describeFailure(thrown, (text) => this.mask.apply(text)));
  }

  private fail(failure: AttemptFailure): never {
    this.end('failed', failure);
    throw toApplicationFailure(failure, this.key.attempt);
  }

  private end(status: 'succeeded' | 'failed' | 'canceled', failure?: AttemptFailure): void {
    this.log.flush();
    this.world.recorder.recordAttemptEnded({
      ...this.key,
      at: Date.now(),
      status,
      ...(failure === undefined ? {} : { error: failure.error }),
    });
  }

  private startHeartbeat(): () => void {
    const { heartbeatTimeoutMs } = this.activity.info;
    if (heartbeatTimeoutMs === undefined || heartbeatTimeoutMs === 0) return () => {};
    const timer = setInterval(() => this.activity.heartbeat(), Math.min(1000, heartbeatTimeoutMs / 4));
    return () => clearInterval(timer);
  }
}
