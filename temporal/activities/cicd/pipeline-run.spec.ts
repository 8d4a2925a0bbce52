import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { OutcomeOutput } from '#contracts/catalogue/pipeline-schemas.js';
import type { PipelineJob } from '#contracts/cicd/execution.js';
import type { ActionContext } from '#contracts/ports.js';
import { isSluiceError, type SluiceError } from '#domain/errors.js';
import type { Json } from '#domain/json.js';
import { MAX_LOG_LINE_BYTES } from '../log-line.js';
import { EXECUTION, type Script, ScriptedWorld } from '../testing/scripted-world.js';
import { createPipelineRun } from './pipeline-run.js';

const JOB: PipelineJob = {
  id: '1',
  name: 'test',
  state: 'succeeded',
  native: 'success',
  attempt: 1,
  mayFail: false,
};
const INPUT = {
  integration: 'ci',
  project: 'acme/app',
  pipeline: 'build.yml',
  ref: 'main',
  inputs: { fast: true },
};

let world: ScriptedWorld;

function script(given: Script): void {
  world = new ScriptedWorld(given);
}

beforeEach(() => {
  jest.spyOn(Date, 'now').mockImplementation(() => world.now);
});
afterEach(() => void jest.restoreAllMocks());

async function run(more: Readonly<Record<string, Json>> = {}): Promise<OutcomeOutput> {
  return (await createPipelineRun(world)({ ...INPUT, ...more }, world.context)) as unknown as OutcomeOutput;
}

async function failure(more: Readonly<Record<string, Json>> = {}): Promise<SluiceError> {
  const thrown: unknown = await run(more).catch((error: unknown) => error);
  if (!isSluiceError(thrown)) throw new Error(`no SluiceError: ${String(thrown)}`);
  return thrown;
}

const away = createActionFailure({
  code: 'platform-unavailable',
  fault: 'operational',
  class: 'transient',
  retryable: true,
  message: 'Scripted CI answered with status 503.',
});
const gone = createActionFailure({
  code: 'platform-not-found',
  fault: 'user',
  class: 'configuration',
  retryable: false,
  message: 'Scripted CI has no such run.',
});

describe('pipeline/run', () => {
  it('starts it with the key that it noted, follows it to its end and gives out what it was', async () => {
    script({
      statuses: [
        { state: 'running', native: 'in_progress', createdAt: 1_000, startedAt: 3_000 },
        { state: 'succeeded', native: 'success', createdAt: 1_000, startedAt: 3_000, endedAt: 10_000 },
      ],
      jobs: [{ ...JOB, createdAt: 3_000, startedAt: 3_500, endedAt: 9_000, stage: 'checks' }],
    });
    const output = await run();
    expect(output).toEqual({
      execution: 'e-1',
      platform: 'scripted',
      id: '7',
      attempt: 1,
      state: 'succeeded',
      native: 'success',
      title: 'build #7',
      url: 'https://ci.example/7',
      queuedMs: 2_000,
      durationMs: 7_000,
      jobs: [{ name: 'test', state: 'succeeded', stage: 'checks', queuedMs: 500, durationMs: 5_500 }],
      failed: [],
    });
    expect(world.triggers).toEqual([
      {
        project: 'acme/app',
        pipeline: 'build.yml',
        ref: 'main',
        inputs: { fast: true },
        key: 'e-1',
        keyInput: 'sluice_key',
      },
    ]);
    expect(world.asked).toEqual(['trigger', 'status', 'status', 'jobs']);
    expect(world.log).toEqual([
      'The pipeline is queued (queued): https://ci.example/7',
      'The pipeline is running (in_progress): https://ci.example/7',
      'The pipeline has succeeded (success): https://ci.example/7',
    ]);
  });

  it('asks no more than once in ten seconds, later still less, and hardly ever where webhooks tell', async () => {
    script({ statuses: [...Array(200).fill({ state: 'running' }), { state: 'succeeded' }] });
    await run();
    const [first, ...others] = world.pauses;
    expect(first).toBeGreaterThanOrEqual(5_000);
    for (const pause of others) expect(pause).toBeGreaterThanOrEqual(10_000);
    expect(world.pauses.at(-1)).toBeGreaterThanOrEqual(30_000);

    script({ statuses: [...Array(20).fill({ state: 'running' }), { state: 'succeeded' }] });
    world.told = true;
    await run();
    for (const pause of world.pauses) expect(pause).toBeGreaterThanOrEqual(120_000);
    // Those of many that began together drift apart.
    expect(new Set(world.pauses).size).toBeGreaterThan(1);
  });

  it('waits for a platform that is away, and says so once', async () => {
    script({ statuses: [away, away, away, { state: 'succeeded' }] });
    expect((await run()).state).toBe('succeeded');
    expect(world.log.filter((line) => line.includes('503'))).toHaveLength(1);
  });

  it('ends when what it follows is gone', async () => {
    script({ statuses: [gone] });
    expect((await failure()).code).toBe('platform-not-found');
  });

  it.each([
    ['failed', 'pipeline-failed', 'unknown', true],
    ['unstable', 'pipeline-unstable', 'test', true],
    ['canceled', 'pipeline-canceled', 'canceled', false],
    ['skipped', 'pipeline-canceled', 'canceled', false],
  ] as const)('fails for a pipeline that is %s', async (state, code, failureClass, retryable) => {
    script({ statuses: [{ state, native: 'so' }] });
    const error = await failure();
    expect(error.code).toBe(code);
    expect(error.details).toMatchObject({ class: failureClass, retryable, state, id: '7' });
    // After one that may be tried again the next attempt starts another; any other end stays the step's.
    expect(world.starts[0]?.concluded).toBe(retryable ? 1 : undefined);
  });

  it('takes one that went through with something wrong for good where that is wanted', async () => {
    script({ statuses: [{ state: 'unstable' }] });
    expect((await run({ unstable: 'succeeds' })).state).toBe('unstable');
  });

  it('names jobs and steps that failed, with their last lines, hidden secrets and without control characters', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);
    script({
      statuses: [{ state: 'failed' }],
      jobs: [
        JOB,
        {
          ...JOB,
          id: '2',
          name: 'lint',
          state: 'failed',
          url: 'https://ci.example/7/2',
          steps: [
            { name: 'install', state: 'succeeded', native: 'success' },
            { name: 'biome', state: 'failed', native: 'failure' },
          ],
        },
        { ...JOB, id: '3', name: 'advice', state: 'failed', mayFail: true },
      ],
      logs: { 2: `${lines.join('\n')}\n\u001b[31mhush, it failed\u001b[0m` },
    });
    const error = await failure();
    expect(error.message).toBe('The pipeline build #7 failed at lint: biome (queued): https://ci.example/7');
    const { failed } = error.details as unknown as OutcomeOutput;
    expect(failed).toEqual([
      {
        job: 'lint',
        step: 'biome',
        url: 'https://ci.example/7/2',
        lines: [...lines.slice(11), '***, it failed'],
      },
    ]);
    expect(world.asked).toContain('logs 2');
    expect(world.asked).not.toContain('logs 1');
    expect(world.log.at(-1)).toBe('***, it failed');
  });

  it('hides a secret in which a line without end is cut', async () => {
    script({
      statuses: [{ state: 'failed' }],
      jobs: [{ ...JOB, state: 'failed' }],
      logs: { 1: `${'x'.repeat(16 * 1024 - 17)}hush${'y'.repeat(100_000)}` },
    });
    await failure();
    expect(world.log.at(-1)?.slice(-16)).toBe('x** … [line cut]');
  });

  it('of a long log keeps the beginning and the end, and says how much is left out', async () => {
    const lines = Array.from({ length: 10_000 }, (_, index) => `line ${index + 1}`);
    script({
      statuses: [{ state: 'succeeded' }],
      jobs: [{ ...JOB, startedAt: 1 }],
      logs: { 1: lines.join('\n') },
    });
    await run({ logs: 'all' });
    const written = world.log.filter((line) => line.startsWith('line '));
    expect(written).toEqual([...lines.slice(0, 2_000), ...lines.slice(-2_000)]);
    expect(world.log.at(-1)).toBe('6000 lines in between are left out; the platform has them.');
  });
});

describe('the log of a job', () => {
  const logOf = async (text: string) => {
    script({ statuses: [{ state: 'succeeded' }], jobs: [{ ...JOB, startedAt: 1 }], logs: { 1: text } });
    await run({ logs: 'all' });
    return world.log;
  };

  it('shows no half of a secret where a line is cut', async () => {
    for (let before = MAX_LOG_LINE_BYTES - 8; before <= MAX_LOG_LINE_BYTES; before += 1) {
      const log = await logOf(`${'x'.repeat(before)}hush and more`);
      expect(log.join('\n')).not.toMatch(/xh/);
    }
  });

  it('of long lines keeps as much as of short ones', async () => {
    const log = await logOf(Array.from({ length: 4_000 }, () => 'y'.repeat(5_000)).join('\n'));
    expect(log.filter((line) => line.startsWith('y')).length).toBeLessThan(450);
    expect(log.at(-1)).toMatch(/^\d+ lines in between are left out/);
  });
});

describe('a pipeline/run that is attempted again', () => {
  it('takes up what is under way, and starts nothing', async () => {
    script({ statuses: [{ state: 'succeeded' }] });
    world.starts.push({ id: 'e-1', sentAt: 1, since: 1, reference: EXECUTION.reference });
    expect((await run()).execution).toBe('e-1');
    expect(world.triggers).toEqual([]);
  });

  const attempt = (number: number, more: Partial<ActionContext> = {}) => {
    world.context = { ...world.context, attempt: number, ...more };
  };

  it('tells the same end again when nobody heard of it: it went well, or was not to be tried again', async () => {
    for (const state of ['succeeded', 'canceled'] as const) {
      script({ statuses: [{ state }] });
      const ends = () => run().catch((error: SluiceError) => error.code);
      const heard = await ends();
      // Either Temporal begins the next attempt of the same activity, or the run begins another activity.
      for (const more of [{}, { followsLost: true }] as const) {
        attempt(world.context.attempt + 1, more);
        expect(await ends()).toEqual(heard);
      }
      expect(world.triggers).toHaveLength(1);
    }
  });

  it('starts another after one that failed, but not when the attempt was lost before it could tell', async () => {
    script({ statuses: [{ state: 'failed' }] });
    await failure();
    attempt(2);
    await failure();
    expect(world.triggers.map(({ key }) => key)).toEqual(['e-1', 'e-2']);
    attempt(3, { followsLost: true });
    await failure();
    expect(world.triggers).toHaveLength(2);
    expect(world.starts.map(({ concluded }) => concluded)).toEqual([1, 3]);
  });

  it.each(['succeeded', 'canceled', 'failed'] as const)(
    'starts another when a person has the step done anew after one that was %s, also when that is lost',
    async (state) => {
      script({ statuses: [{ state }] });
      const ends = () => run().catch(() => undefined);
      await ends();
      attempt(2, { begunAfter: 1 });
      await ends();
      attempt(3, { begunAfter: 1, followsLost: true });
      await ends();
      expect(world.triggers.map(({ key }) => key)).toEqual(['e-1', 'e-2']);
    },
  );

  it('starts another after an uncertain one only when a person has the step done anew', async () => {
    script({
      statuses: [{ state: 'succeeded' }],
      finds: [{ outcome: 'uncertain', candidates: [EXECUTION] }],
    });
    world.starts.push({ id: 'e-1', noted: 1, sentAt: world.now, since: world.now });
    for (const more of [{}, { followsLost: true }] as const) {
      attempt(world.context.attempt + 1, more);
      expect((await failure()).code).toBe('pipeline-start-uncertain');
    }
    expect(world.triggers).toEqual([]);
    attempt(4, { begunAfter: 3 });
    expect((await run()).execution).toBe('e-2');
  });

  it('looks for a start whose answer was lost, as long as it may be on its way', async () => {
    const found = { outcome: 'found', execution: EXECUTION } as const;
    script({
      statuses: [{ state: 'succeeded' }],
      finds: [{ outcome: 'absent' }, { outcome: 'absent' }, found],
    });
    world.starts.push({ id: 'e-1', sentAt: world.now, since: world.now });
    await run();
    expect(world.asked.slice(0, 3)).toEqual(['find', 'find', 'find']);
    expect(world.triggers).toEqual([]);
  });

  it('starts it when it certainly was not started: no longer on its way, and not to be found', async () => {
    script({ statuses: [{ state: 'succeeded' }] });
    const sentAt = world.now;
    world.starts.push({ id: 'e-1', sentAt, since: sentAt });
    await run();
    const waited = world.pauses.slice(0, world.asked.indexOf('trigger') - 1).reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeGreaterThanOrEqual(40_000);
    expect(world.triggers).toMatchObject([{ key: 'e-1' }]);
  });

  it('does not start it twice where nobody can tell: it fails and names what may be it', async () => {
    script({ statuses: [{}], finds: [{ outcome: 'uncertain', candidates: [EXECUTION] }] });
    world.starts.push({ id: 'e-1', sentAt: world.now, since: world.now });
    const error = await failure();
    expect(error.code).toBe('pipeline-start-uncertain');
    expect(error.message).toContain('https://ci.example/7');
    expect(world.triggers).toEqual([]);
  });

  it('starts another when the one before has failed and the step was told', async () => {
    script({ statuses: [{ state: 'failed' }, { state: 'succeeded' }] });
    await failure();
    await run();
    expect(world.triggers.map(({ key }) => key)).toEqual(['e-1', 'e-2']);
  });

  it('starts anew after a refusal, and looks for nothing', async () => {
    let refusals = 1;
    script({
      statuses: [{ state: 'succeeded' }],
      trigger: () => {
        if (refusals-- > 0) throw gone;
        return EXECUTION;
      },
    });
    expect((await failure()).code).toBe('platform-not-found');
    await run();
    expect(world.asked).not.toContain('find');
    expect(world.triggers.map(({ key }) => key)).toEqual(['e-1', 'e-2']);
  });

  it.each([
    ['starts anew after a limit that took more patience than there is', 'platform-rate-limited', 1],
    ['keeps a start whose answer was too large to be read', 'http-response-too-large', undefined],
  ])('%s', async (_, code, concluded) => {
    script({
      statuses: [{}],
      trigger: () => {
        throw createActionFailure({
          code,
          fault: 'operational',
          class: 'rate-limit',
          retryable: concluded !== undefined,
          message: 'It was not to be.',
        });
      },
    });
    expect((await failure()).code).toBe(code);
    expect(world.asked).toEqual(['trigger']);
    expect(world.starts[0]?.concluded).toBe(concluded);
  });

  it('notes the moment at which it leaves, however long limits have held it back', async () => {
    script({
      statuses: [{}],
      held: () => {
        world.now += 600_000;
      },
      trigger: () => {
        throw new Error('killed');
      },
    });
    const began = world.now;
    await run().catch(() => undefined);
    expect(world.starts).toMatchObject([{ sentAt: began + 600_000, since: began }]);
  });

  it('sends nothing that another attempt has sent while it was held back', async () => {
    script({
      statuses: [{}],
      held: () => {
        world.starts[0] = { ...world.starts[0]!, sentAt: 5 };
      },
    });
    expect((await failure()).code).toBe('pipeline-start-overtaken');
    expect(world.triggers).toEqual([]);
  });

  it('finds what was started though the answer was lost, in the same attempt', async () => {
    script({
      statuses: [{ state: 'succeeded' }],
      finds: [away, { outcome: 'absent' }, { outcome: 'found', execution: EXECUTION }],
      trigger: () => {
        throw away;
      },
    });
    expect((await run()).state).toBe('succeeded');
    expect(world.asked).toEqual(['trigger', 'find', 'find', 'find', 'status', 'jobs']);
  });

  it('keeps a start of which the answer was lost for the next attempt to look for', async () => {
    script({
      statuses: [{}],
      trigger: () => {
        throw away;
      },
    });
    expect((await failure()).code).toBe('platform-unavailable');
    expect(world.starts).toMatchObject([{ id: 'e-1', sentAt: expect.any(Number) }]);
    expect(world.starts[0]?.concluded).toBeUndefined();
  });
});

describe('a pipeline/run that is stopped', () => {
  const stopWhileRunning = (reason: 'canceled' | 'timed-out' | 'superseded') => {
    script({ statuses: [{ state: 'running' }] });
    const { follow } = world.changes;
    world.changes.follow = () => ({
      ...follow(),
      next: async () => world.stop(reason),
    });
  };

  it.each(['canceled', 'timed-out'] as const)('has the pipeline canceled when it was %s', async (reason) => {
    stopWhileRunning(reason);
    expect((await failure()).code).toBe('canceled');
    expect(world.asked.at(-1)).toBe('cancel');
    expect(world.starts).toMatchObject([{ concluded: 1 }]);
  });

  it('leaves the pipeline to the attempt that comes after it', async () => {
    stopWhileRunning('superseded');
    await failure();
    expect(world.asked).not.toContain('cancel');
    expect(world.starts[0]?.concluded).toBeUndefined();
  });

  it('finds what a start that was cut off has started, and has it canceled', async () => {
    script({
      statuses: [{ state: 'running' }],
      finds: [{ outcome: 'found', execution: EXECUTION }],
      trigger: () => {
        world.stop('canceled');
        throw away;
      },
    });
    await failure();
    expect(world.asked).toEqual(['trigger', 'find', 'cancel']);
  });

  it('has nothing to cancel where nothing was started', async () => {
    script({
      statuses: [{}],
      trigger: () => {
        world.stop('canceled');
        throw away;
      },
    });
    await failure();
    expect(new Set(world.asked)).toEqual(new Set(['trigger', 'find']));
    expect(world.starts[0]?.concluded).toBeUndefined();
  });

  it('looks for what was cut off on its way until that must show', async () => {
    script({
      statuses: [{ state: 'running' }],
      finds: [{ outcome: 'absent' }, { outcome: 'absent' }, { outcome: 'found', execution: EXECUTION }],
      trigger: () => {
        world.stop('canceled');
        throw away;
      },
    });
    await failure();
    expect(world.asked).toEqual(['trigger', 'find', 'find', 'find', 'cancel']);
    expect(world.starts).toMatchObject([{ reference: EXECUTION.reference, concluded: 1 }]);
  });
});

describe('an integration', () => {
  it('that the project does not have', async () => {
    script({ statuses: [{}] });
    world.integration = undefined;
    expect((await failure()).code).toBe('integration-not-found');
  });

  it('that is disabled', async () => {
    script({ statuses: [{}] });
    world.integration = { ...world.integration!, status: 'disabled' };
    expect((await failure()).code).toBe('integration-disabled');
  });

  it('is not known without a server', async () => {
    script({ statuses: [{}] });
    const thrown = await createPipelineRun(undefined)(INPUT, world.context).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'pipelines-not-here' });
  });
});
