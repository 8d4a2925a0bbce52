import { setTimeout as sleep } from 'node:timers/promises';
import { activityInfo, Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { ANSWERED_ELSEWHERE } from '#contracts/names.js';
import type { ActionInput, ActionResult } from '#contracts/run.js';
import type { Json } from '#domain/json.js';
import { toApplicationFailure } from '#temporal/activities/application-failure.js';

/** What plays the actions of one run asks of its scenario. */
export interface Scene {
  /** Outputs by the id of their step. */
  readonly outputs: Readonly<Record<string, Json>>;
  /** Resolves once steps that hold are let go. */
  readonly released: Promise<void>;
  /** Told of each attempt as it begins. */
  readonly begun: (step: string) => void;
}

type Play = (
  input: ActionInput,
  attempt: number,
  scene: Scene,
) => Promise<Json | undefined> | Json | undefined;

const BEAT_MS = 100;
const NEVER = new Promise<void>(() => {});

/** What an action comes to, by the first word of its step's id; an action of any other step succeeds. */
const PLAYS: Readonly<Record<string, Play>> = {
  fail: (_, attempt) => fail('command-failed', attempt, false),
  flaky: (_, attempt) => (attempt < 3 ? fail('not-yet', attempt, true) : undefined),
  later: (_, attempt) => (attempt < 2 ? fail('not-yet', attempt, true, 50) : undefined),
  held: (_, __, { released }) => hold(released),
  slow: () => sleep(150).then(() => undefined),
  stuck: () => hold(NEVER),
  odd() {
    throw new Error('Nobody has thought of this.');
  },
  lost({ afterLoss }) {
    if (afterLoss !== true)
      throw ApplicationFailure.create({ message: 'Stopped.', type: 'worker-shutdown', nonRetryable: true });
    return undefined;
  },
  /** Says nothing any more, as one whose worker is gone. */
  silent: ({ afterLoss }) => (afterLoss === true ? undefined : Context.current().cancelled),
  answered({ attemptsBefore }) {
    if (attemptsBefore > 0 || activityInfo().attempt > 1) return undefined;
    throw ApplicationFailure.create({
      message: 'Its answer has come.',
      type: ANSWERED_ELSEWHERE,
      nonRetryable: true,
      details: [1],
    });
  },
  large: () => 'large '.repeat(20_000),
  list: () => [1, 2, 3],
  nothing: () => null,
};

export async function playAction(input: ActionInput, scene: Scene): Promise<ActionResult> {
  const attempt = input.attemptsBefore + activityInfo().attempt;
  scene.begun(input.step);
  const id = input.step.replace(/[[:].*$/, '');
  const output = await PLAYS[/^[a-z]+/.exec(id)![0]]?.(input, attempt, scene);
  const usual = { exitCode: 0, stdout: 'up\n', attempt };
  return { output: output ?? scene.outputs[id] ?? usual, attempts: attempt };
}

function fail(code: string, attempts: number, retryable: boolean, retryAfterMs?: number): never {
  const error = { class: retryable ? 'transient' : 'code', code, message: `It came to ${code}.` } as const;
  throw toApplicationFailure(
    { error, retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
    attempts,
  );
}

/** Until it is let go, or canceled. */
async function hold(released: Promise<void>): Promise<undefined> {
  const context = Context.current();
  const beat = setInterval(() => {
    if (!context.info.isLocal) context.heartbeat();
  }, BEAT_MS);
  try {
    await Promise.race([released, context.cancelled]);
    return undefined;
  } finally {
    clearInterval(beat);
  }
}
