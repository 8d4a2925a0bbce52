import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ApplicationFailure, asyncLocalStorage, CancelledFailure, Context } from '@temporalio/activity';
import { createRunMasks } from '#connectors/secrets/run-masks.js';
import type { ActionDescription } from '#contracts/catalogue/action.js';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { Action, ActionContext, ObjectStore } from '#contracts/ports.js';
import type { ActionInput, ActionResult } from '#contracts/run.js';
import type { FailureClass, StepError } from '#domain/execution/step-error.js';
import type { Json } from '#domain/json.js';
import { createActionActivity } from './run-action.js';

const SECRET = 'canary-3c3e9f';
const ENCODED = Buffer.from(SECRET).toString('base64');

const DESCRIPTION: ActionDescription = {
  name: 'test/act',
  title: '',
  description: '',
  queue: 'http',
  workspace: false,
  fillsWorkspace: 'never',
  quick: false,
  inline: false,
  takesSecrets: true,
  input: { type: 'object', properties: { n: { type: 'integer' } } },
  output: {},
};

interface Circumstances {
  readonly description?: Partial<ActionDescription>;
  readonly input?: Partial<ActionInput>;
  readonly isLocal?: boolean;
  /** Of the activity, from 1. */
  readonly number?: number;
  readonly timeoutMs?: number;
}

let recorded: [string, unknown][];
let heartbeats: number;
let stop: AbortController;
const open: AbortController[] = [];

beforeEach(() => {
  recorded = [];
  heartbeats = 0;
  stop = new AbortController();
  open.push(stop);
});
afterEach(() => {
  for (const controller of open.splice(0)) controller.abort();
});

const kept: Uint8Array[] = [];
const objects: ObjectStore = {
  put: async ({ run }, json) => {
    kept.push(json);
    return { id: '01890000-0000-7000-8000-000000000000', run, size: json.length, digest: 'sha256:00' };
  },
  find: async () => undefined,
  async *read() {},
  removeOld: async () => 0,
};

async function attempt(
  action: Action<Json>,
  { description, input, isLocal = false, number = 1, timeoutMs = 60_000 }: Circumstances = {},
): Promise<ActionResult> {
  const record = (kind: string) => (fact: unknown) => void recorded.push([kind, structuredClone(fact)]);
  const activity = createActionActivity({ ...DESCRIPTION, ...description }, action, {
    recorder: {
      recordAttemptStarted: record('started'),
      recordAttemptEnded: record('ended'),
      appendLog: record('log'),
      settle: async () => undefined,
    },
    secrets: {
      resolve: async (reference) => {
        if (reference === 'env:TOKEN') return SECRET;
        throw createActionFailure({
          code: 'secret-not-found',
          fault: 'user',
          class: 'configuration',
          retryable: false,
          message: 'There is none.',
        });
      },
    },
    objects,
    maskOf: createRunMasks(),
    workspaces: '/nowhere',
    worker: 'w',
  });
  const info = {
    attempt: number,
    isLocal,
    startToCloseTimeoutMs: timeoutMs,
    heartbeatTimeoutMs: isLocal ? undefined : 20,
  } as Context['info'];
  const context = Object.create(Context.prototype, {
    info: { value: info },
    cancellationSignal: { value: stop.signal },
    heartbeat: { value: () => heartbeats++ },
  }) as Context;
  return asyncLocalStorage.run(context, () =>
    activity({
      run: { id: 'r', workflow: 'w', version: 1 },
      project: 'default',
      step: 's',
      attemptsBefore: 0,
      idempotencyKey: 'r/s',
      with: {},
      ...input,
    }),
  );
}

async function fail(action: Action<Json>, circumstances: Circumstances = {}): Promise<ApplicationFailure> {
  const thrown = await attempt(action, circumstances).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(ApplicationFailure);
  return thrown as ApplicationFailure;
}

const TOKEN = { TOKEN: { from: 'env:TOKEN', as: 'environment' } } as const;
/** All that leaves an attempt. */
const everything = (result: unknown): string => {
  const failure = result as Partial<ApplicationFailure>;
  return JSON.stringify([recorded, result, failure.message, failure.details]);
};

describe('an attempt', () => {
  it.each<[Circumstances, object]>([
    [{}, { attempt: 1 }],
    [
      { input: { attemptsBefore: 3, begunAfter: 2, afterLoss: true } },
      { attempt: 4, begunAfter: 2, followsLost: true },
    ],
    // The one before was another of the same activity: Temporal knows how that ended.
    [{ input: { attemptsBefore: 3, afterLoss: true }, number: 2 }, { attempt: 5 }],
  ])('knows what went before: %j', async (circumstances, expected) => {
    const seen = async (_input: unknown, { attempt: made, begunAfter, followsLost }: ActionContext) => ({
      attempt: made,
      ...(begunAfter === undefined ? {} : { begunAfter }),
      ...(followsLost === undefined ? {} : { followsLost }),
    });
    expect((await attempt(seen, circumstances)).output).toEqual(expected);
  });
});

describe('secrets', () => {
  it('come to the action as asked, and leave it nowhere', async () => {
    const result = await attempt(
      async (_, context) => {
        const secret = context.secretValues.get('TOKEN')!;
        expect(secret).toEqual({ value: SECRET, as: 'environment' });
        context.log('stdout', `token ${secret.value} or ${ENCODED}`);
        return { [secret.value]: [`<${secret.value}>`, ENCODED], half: context.hide(SECRET).slice(1) };
      },
      { input: { secrets: TOKEN } },
    );
    expect(result.output).toEqual({ '***': ['<***>', '***=='], half: '**' });
    expect(everything(result)).not.toMatch(new RegExp(`${SECRET}|${ENCODED}`));
    expect(recorded.map(([kind]) => kind)).toEqual(['started', 'log', 'ended']);
  });

  it('leave no error, however it is thrown', async () => {
    const throwing: (() => never)[] = [
      () => {
        throw new TypeError(`bad ${SECRET}`);
      },
      () => {
        throw SECRET;
      },
      () => {
        throw createActionFailure({
          code: 'x-failed',
          fault: 'user',
          class: 'code',
          retryable: true,
          message: SECRET,
          hint: SECRET,
          facts: { [SECRET]: [SECRET] },
        });
      },
    ];
    for (const action of throwing) {
      const failure = await fail(async () => action(), { input: { secrets: TOKEN } });
      expect(everything(failure)).not.toContain(SECRET);
    }
  });

  it('are not handed to an action that takes none, which then does nothing', async () => {
    let acted = false;
    const failure = await fail(
      async () => {
        acted = true;
        return null;
      },
      { description: { takesSecrets: false }, input: { secrets: TOKEN } },
    );
    expect([failure.type, acted]).toEqual(['secrets-not-taken', false]);
  });

  it('that are missing stop the attempt before it acts', async () => {
    const failure = await fail(async () => null, {
      input: { secrets: { ...TOKEN, OTHER: { from: 'env:OTHER', as: 'file' } } },
    });
    expect(failure).toMatchObject({ type: 'secret-not-found', nonRetryable: true });
  });
});

describe('outputs', () => {
  it('must fit the declared schema, as later steps see them', async () => {
    const outputSchema = { type: 'object', properties: { token: { const: '***' } }, required: ['token'] };
    const give: Action<Json> = async (_, context) => ({
      token: context.secretValues.get('TOKEN')?.value ?? 'none',
    });
    expect((await attempt(give, { input: { outputSchema, secrets: TOKEN } })).output).toEqual({
      token: '***',
    });
    const failure = await fail(give, { input: { outputSchema } });
    expect(failure).toMatchObject({ type: 'output-invalid', nonRetryable: true });
    expect(failure.details?.[0]).toMatchObject({ class: 'configuration', code: 'output-invalid' });
    expect(recorded.at(-1)?.[1]).toMatchObject({ status: 'failed', error: { code: 'output-invalid' } });
  });

  it('are kept beside the history where they are large, without secrets', async () => {
    kept.length = 0;
    const text = `${SECRET} ${'x'.repeat(300_000)}`;
    const { output } = await attempt(async () => ({ n: 1, text }), { input: { secrets: TOKEN } });
    expect(output).toMatchObject({ n: 1, text: { $object: expect.any(String), size: kept[0]?.length } });
    expect(Buffer.from(kept[0]!).toString()).toMatch(/^"\*\*\* x/);
    expect(JSON.stringify(output)).not.toContain(SECRET);
  });

  it('of more than 50 MiB fail', async () => {
    const failure = await fail(async () => 'x'.repeat(52_428_800));
    expect(failure).toMatchObject({ type: 'output-too-large', nonRetryable: true });
  });
});

describe('inputs', () => {
  it('are checked with their large values in place', async () => {
    const reference = {
      $object: '01890000-0000-7000-8000-000000000000',
      size: 1,
      digest: `sha256:${'0'.repeat(64)}`,
      preview: '',
    };
    const failure = await fail(async () => null, { input: { with: { n: reference } } });
    expect(failure.type).toBe('object-not-found');
    expect(recorded[0]).toEqual(['started', expect.objectContaining({ input: { n: reference } })]);
    expect((await fail(async () => null, { input: { with: { n: 'x' } } })).type).toBe('action-input-invalid');
  });
});

describe.each([false, true])('an attempt, local: %s', (isLocal) => {
  it('knows what it is an attempt of', async () => {
    const seen: Json[] = [];
    await attempt(
      async (_, { run, step, attempt: number, idempotencyKey }) => {
        seen.push(run, step, number, idempotencyKey);
        return null;
      },
      { isLocal, input: { attemptsBefore: 2 } },
    );
    expect(seen).toEqual(['r', 's', 3, 'r/s']);
  });

  it('heartbeats only where somebody listens', async () => {
    await attempt(
      async () => {
        await sleep(60);
        return null;
      },
      { isLocal },
    );
    expect(heartbeats > 0).toBe(!isLocal);
  });

  it('ends at its limit, and when it is canceled', async () => {
    const wait: Action<Json> = (_, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const late = await fail(wait, { isLocal, timeoutMs: 20, description: { quick: true } });
    expect(late.type).toBe('step-timeout');
    const canceled = attempt(wait, { isLocal });
    setTimeout(() => stop.abort(new CancelledFailure('CANCELLED')), 20);
    await expect(canceled).rejects.toBeInstanceOf(CancelledFailure);
    expect(recorded.at(-1)?.[1]).toMatchObject({ status: 'canceled' });
  });
});

describe('a failed attempt', () => {
  const failing =
    (
      lines: readonly string[],
      facts: { readonly exitCode?: number },
      failureClass: FailureClass = 'unknown',
    ): Action<Json> =>
    async (_, { log }) => {
      for (const line of lines) log('stderr', line);
      throw createActionFailure({
        code: 'command-failed',
        fault: 'user',
        class: failureClass,
        retryable: true,
        message: 'It ended.',
        facts,
      });
    };
  const detail = (failure: ApplicationFailure) => failure.details?.[0] as StepError;

  it('keeps what its log tells, beside what the action said', async () => {
    const lines = ['one', 'curl: (6) Could not resolve host: mirror', 'three'];
    const failure = await fail(failing(lines, { exitCode: 6 }));
    const diagnosis = { class: 'transient', category: 'host_resolution_failure', line: 2, text: lines[1] };
    expect(detail(failure)).toMatchObject({ class: 'unknown', code: 'command-failed', diagnosis });
    expect(recorded.at(-1)).toEqual(['ended', expect.objectContaining({ error: detail(failure) })]);
  });

  it('gives the line its number in a long log, of which the end is kept', async () => {
    const lines = [...Array.from({ length: 9_000 }, (_, n) => `line ${n}`), 'No space left on device'];
    expect(detail(await fail(failing(lines, { exitCode: 1 }))).diagnosis).toMatchObject({ line: 9_001 });
  });

  it('is told by its exit code where the log is silent', async () => {
    expect(detail(await fail(failing([], { exitCode: 137 }, 'resource')))).toMatchObject({
      class: 'resource',
      diagnosis: { category: 'container_oom_error' },
    });
  });

  it('is believed where the action knows why', async () => {
    const lines = ['connection refused'];
    expect(detail(await fail(failing(lines, {}, 'auth')))).not.toHaveProperty('diagnosis');
  });

  it('waits as long as the rate limit in its log says, and only then', async () => {
    const limited = await fail(failing(['HTTP 429 Too Many Requests', 'Retry-After: 40'], { exitCode: 1 }));
    expect(limited.nextRetryDelay).toBe(40_000);
    const vague = await fail(failing(['HTTP 429 Too Many Requests'], { exitCode: 1 }));
    expect(vague.nextRetryDelay).toBeUndefined();
  });

  it('shows no secret', async () => {
    const failure = await fail(async (_, context) => {
      context.mask(SECRET);
      context.log('stderr', `fatal: unable to access ${SECRET}: Could not resolve host: x`);
      throw new Error('crashed');
    });
    expect(detail(failure).diagnosis?.text).toContain('***');
    expect(everything(failure)).not.toContain(SECRET);
  });
});
