import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { activityInfo, CancelledFailure, Context } from '@temporalio/activity';
import { poolQueueOf } from '#contracts/names.js';
import type { ActionInput, ActionResult } from '#contracts/run.js';
import { toApplicationFailure } from '#temporal/activities/application-failure.js';
import { InterpreterLab, until } from './interpreter-lab.js';
import { act, literal, type NodeDraft, planOfNodes } from './plan-of-nodes.js';

interface Call {
  readonly run: string;
  readonly step: string;
  readonly local: boolean;
  readonly queue: string;
  readonly attempt: number;
  readonly input: ActionInput;
}

const calls: Call[] = [];
let lab: InterpreterLab;

beforeAll(async () => {
  lab = await InterpreterLab.open({ act: play });
  await lab.addWorker(poolQueueOf('http', 'inside'));
});
afterAll(() => lab?.close());

async function play(input: ActionInput): Promise<ActionResult> {
  const { isLocal, taskQueue, attempt } = activityInfo();
  const { run, step } = input;
  calls.push({ run: run.id, step, local: isLocal, queue: taskQueue, attempt, input });
  if (step === 'flaky' && attempt < 3) {
    const error = { class: 'transient', code: 'not-yet', message: 'Not yet.' } as const;
    throw toApplicationFailure({ error, retryable: true }, input.attemptsBefore + attempt);
  }
  if (step === 'broken') {
    const error = { class: 'code', code: 'broken', message: 'Broken.' } as const;
    throw toApplicationFailure({ error, retryable: false }, input.attemptsBefore + attempt);
  }
  if (step === 'long')
    await Context.current().cancelled.catch((error: CancelledFailure) => Promise.reject(error));
  return { output: step, attempts: input.attemptsBefore + attempt };
}

const inline = (id: string, more: Partial<NodeDraft<'uses'>> = {}) => act(id, { inline: true, ...more });
const callsOf = (run: string) => calls.filter((call) => call.run === run);
const RETRY = { attempts: 3, delayMs: 1, factor: 1, maxDelayMs: 1 };

describe('an inline action', () => {
  it('runs in the worker that interprets, without a task of its own', async () => {
    const run = await lab.start(planOfNodes([inline('one'), inline('two', { name: 'Second' })]));
    expect((await lab.end(run)).status).toBe('completed');
    expect(callsOf(run).map(({ step, local }) => [step, local])).toEqual([
      ['one', true],
      ['two', true],
    ]);
    expect(lab.final(run).steps).toMatchObject({
      one: { status: 'succeeded', output: 'one', attempts: 1 },
      two: { status: 'succeeded', output: 'two', attempts: 1 },
    });
    expect((await lab.eventsOf(run)).filter((event) => event.activityTaskScheduledEventAttributes)).toEqual(
      [],
    );
  });

  it('shares a workflow task with so many others only, and each of a long chain is done once', async () => {
    const chain = Array.from({ length: 450 }, (_, index) => inline(`step-${index}`));
    const run = await lab.start(planOfNodes(chain));
    expect((await lab.end(run)).status).toBe('completed');
    expect(callsOf(run).map(({ step }) => step)).toEqual(chain.map(({ id }) => id));
    const tasks = (await lab.eventsOf(run)).filter((event) => event.workflowTaskCompletedEventAttributes);
    expect(tasks.length).toBeGreaterThanOrEqual(3);
  });

  it('is tried again, and its attempts are counted', async () => {
    const run = await lab.start(planOfNodes([inline('flaky', { retry: RETRY })]));
    expect((await lab.end(run)).status).toBe('completed');
    expect(callsOf(run).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(lab.final(run).steps['flaky']).toMatchObject({ status: 'succeeded', attempts: 3 });
  });

  it('lets its run hear of other things in a long pause between attempts', async () => {
    const retry = { ...RETRY, delayMs: 60_000, maxDelayMs: 60_000 };
    const run = await lab.start(planOfNodes([inline('flaky', { retry })]));
    await until(async () => (await lab.eventsOf(run)).some((event) => event.timerStartedEventAttributes));
    expect(await lab.operate(run, { type: 'pause' })).toMatchObject({ result: { status: 'paused' } });
    await lab.gateway.cancel(run, { by: 'ann' });
    expect((await lab.end(run)).status).toBe('canceled');
    expect(callsOf(run)).toHaveLength(1);
  });

  it('fails with its own error', async () => {
    const run = await lab.start(planOfNodes([inline('broken', { retry: RETRY })]));
    await lab.end(run);
    expect(callsOf(run)).toHaveLength(1);
    expect(lab.final(run).steps['broken']).toMatchObject({
      status: 'failed',
      attempts: 1,
      error: { class: 'code', code: 'broken', message: 'Broken.' },
    });
  });

  it('is canceled with its run', async () => {
    const run = await lab.start(planOfNodes([inline('long')]));
    await until(() => callsOf(run).length === 1);
    await lab.gateway.cancel(run, { by: 'ann' });
    expect((await lab.end(run)).status).toBe('canceled');
    expect(lab.final(run).steps['long']).toMatchObject({ status: 'canceled' });
  });

  it('is cut by its time limit, and not taken for lost', async () => {
    const run = await lab.start(planOfNodes([inline('long')]));
    await lab.end(run);
    expect(callsOf(run)).toHaveLength(1);
    expect(lab.final(run).steps['long']).toMatchObject({
      status: 'failed',
      error: { class: 'timeout', code: 'step-timeout' },
    });
  });

  it('leaves the worker where its step names a pool', async () => {
    const run = await lab.start(planOfNodes([inline('one', { queue: 'http', pool: 'inside' })]));
    await lab.end(run);
    expect(callsOf(run)).toMatchObject([{ local: false, queue: 'http.inside' }]);
  });
});

describe('an action', () => {
  it('of a pool is done by the workers of that pool', async () => {
    const run = await lab.start(planOfNodes([act('one', { queue: 'http', pool: 'inside' }), act('two')]));
    await lab.end(run);
    expect(callsOf(run).map(({ step, queue }) => [step, queue])).toEqual([
      ['one', 'http.inside'],
      ['two', 'orchestration'],
    ]);
  });

  it('has the priority of its step, its secrets by name, and the schema of its output', async () => {
    const secrets = { TOKEN: { from: 'env:SLUICE_SECRET_TOKEN', as: 'env' } } as never;
    const outputSchema = { type: 'string' };
    const run = await lab.start(
      planOfNodes([act('one', { priority: 1, secrets, outputSchema, with: literal({ a: 1 }) }), act('two')]),
    );
    await lab.end(run);
    const [one, two] = callsOf(run);
    expect(one?.input).toMatchObject({ secrets, outputSchema, with: { a: 1 } });
    expect(Object.keys(two!.input)).not.toContain('secrets');
    const scheduled = (await lab.eventsOf(run)).flatMap(
      (event) => event.activityTaskScheduledEventAttributes ?? [],
    );
    expect(scheduled.map(({ priority }) => priority?.priorityKey)).toEqual([1, undefined]);
  });
});
