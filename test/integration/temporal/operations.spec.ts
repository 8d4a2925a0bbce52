import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ActionInput, ActionResult } from '#contracts/run.js';
import type { OperationRequest } from '#domain/execution/operation.js';
import { toApplicationFailure } from '#temporal/activities/application-failure.js';
import { InterpreterLab, succeed, until } from './interpreter-lab.js';
import { act, approval, literal, planOfNodes } from './plan-of-nodes.js';

let lab: InterpreterLab;

beforeAll(async () => {
  lab = await InterpreterLab.open({ act: play });
});
afterAll(() => lab?.close());

/** Steps named `held…` wait for the test; those named `broken…` fail; those named `lost…` lose their worker at odd attempts. */
const held = new Map<string, () => void>();
const inputs: ActionInput[] = [];

function play(input: ActionInput): Promise<ActionResult> | ActionResult {
  inputs.push(input);
  if (input.step.startsWith('lost') && input.attemptsBefore % 2 === 0) {
    const error = { class: 'infrastructure', code: 'worker-shutdown', message: 'Down.' } as const;
    throw toApplicationFailure({ error, retryable: false }, input.attemptsBefore + 1);
  }
  if (input.step.startsWith('lost') && input.attemptsBefore === 3) return succeed(input);
  if (input.step.startsWith('held')) {
    return new Promise((resolve) => held.set(`${input.run.id}/${input.step}`, () => resolve(succeed(input))));
  }
  if (/^(broken|lost)/.test(input.step) && input.with['mended'] !== true) {
    const error = { class: 'code', code: 'broken', message: 'Broken.' } as const;
    throw toApplicationFailure({ error, retryable: false }, input.attemptsBefore + 1);
  }
  return succeed(input);
}

const statusOf = async (run: string, step: string) => (await lab.state(run)).steps[step]?.status;

async function startWaiting(): Promise<string> {
  const run = await lab.start(planOfNodes([act('first'), approval('sign'), act('last')]));
  await until(async () => (await statusOf(run, 'sign')) === 'running');
  return run;
}

describe('an operation that fits', () => {
  it('approves: the answer comes when it is done, and the run goes on', async () => {
    const run = await startWaiting();
    const answer = await lab.operate(run, { type: 'approve', step: 'sign' });
    expect(answer).toEqual({
      outcome: 'done',
      result: { status: 'running', step: { key: 'sign', status: 'succeeded' } },
    });
    expect((await lab.end(run)).status).toBe('completed');
    expect(lab.final(run).steps['sign']?.output).toMatchObject({ decision: 'approved', by: ['ann'] });
    const events = lab.batches.filter((batch) => batch.run === run).flatMap((batch) => batch.events ?? []);
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['approval.approved']));
  });

  it('rejects: the run ends well, as rejected', async () => {
    const run = await startWaiting();
    await lab.operate(run, { type: 'reject', step: 'sign' });
    expect(await lab.end(run)).toEqual({ status: 'completed', result: { status: 'rejected' } });
    const { searchAttributes } = await lab.handle(run).describe();
    expect(searchAttributes['SluiceStatus']).toEqual(['rejected']);
  });

  it('pauses and resumes: nothing begins in between, and Temporal shows it', async () => {
    const run = await lab.start(planOfNodes([act('held'), act('next')]));
    await until(() => held.has(`${run}/held`));
    expect(await lab.operate(run, { type: 'pause' })).toMatchObject({ result: { status: 'paused' } });
    held.get(`${run}/held`)!();
    await until(async () => (await statusOf(run, 'held')) === 'succeeded');
    expect(await lab.state(run)).toMatchObject({ status: 'paused' });
    expect(await statusOf(run, 'next')).toBeUndefined();
    const { searchAttributes } = await lab.handle(run).describe();
    expect(searchAttributes['SluiceStatus']).toEqual(['paused']);
    expect(await lab.operate(run, { type: 'resume' })).toMatchObject({ result: { status: 'running' } });
    expect((await lab.end(run)).status).toBe('completed');
  });

  it('retries with another input a step that waits for a person', async () => {
    const run = await lab.start(planOfNodes([act('broken', { onFailure: 'intervene' }), act('next')]));
    await until(async () => await lab.transitions(run).some(({ waiting }) => waiting === 'intervention'));
    const answer = await lab.operate(run, { type: 'retry-step', step: 'broken', with: { mended: true } });
    expect(answer).toMatchObject({ result: { step: { status: 'running' } } });
    expect((await lab.end(run)).status).toBe('completed');
    expect(lab.final(run).steps['broken']).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  it('tells each attempt which go it belongs to, and whether it follows one that was lost', async () => {
    const run = await lab.start(planOfNodes([act('lost', { onFailure: 'intervene' })]));
    await until(async () => await lab.transitions(run).some(({ waiting }) => waiting === 'intervention'));
    await lab.operate(run, { type: 'retry-step', step: 'lost' });
    expect((await lab.end(run)).status).toBe('completed');
    const seen = inputs.filter((input) => input.run.id === run);
    expect(
      seen.map(({ attemptsBefore, begunAfter, afterLoss }) => [attemptsBefore, begunAfter, afterLoss]),
    ).toEqual([
      [0, undefined, undefined],
      [1, undefined, true],
      [2, 2, undefined],
      [3, 2, true],
    ]);
  });

  it('skips and completes steps whose turn has not come', async () => {
    const run = await lab.start(planOfNodes([act('held'), act('broken'), act('broken-too'), act('last')]));
    await until(() => held.has(`${run}/held`));
    await lab.operate(run, { type: 'skip-step', step: 'broken' });
    await lab.operate(run, { type: 'complete-step', step: 'broken-too', output: { x: 1 } });
    held.get(`${run}/held`)!();
    expect((await lab.end(run)).status).toBe('completed');
    expect(lab.final(run).steps).toMatchObject({
      broken: { status: 'skipped', skipped: 'operator' },
      'broken-too': { status: 'succeeded', output: { x: 1 } },
    });
  });

  it('sends an event to the step that waits for it', async () => {
    const wait = { id: 'go', kind: 'waitFor', event: literal('go') } as const;
    const run = await lab.start(planOfNodes([wait]));
    await lab.operate(run, { type: 'send-event', name: 'go', data: { n: 1 } });
    expect((await lab.end(run)).status).toBe('completed');
    expect(lab.final(run).steps['go']?.output).toMatchObject({ name: 'go', data: { n: 1 }, by: 'ann' });
  });

  it('cancels, while an approval waits', async () => {
    const run = await startWaiting();
    expect(await lab.operate(run, { type: 'cancel', compensate: false })).toMatchObject({
      outcome: 'done',
      result: { status: 'canceled' },
    });
    expect(await lab.end(run)).toMatchObject({ status: 'failed', result: { status: 'canceled' } });
  });

  it('is done once, however often it is sent', async () => {
    const run = await lab.start(planOfNodes([approval('sign', { quorum: 2 })]));
    const id = randomUUID();
    const answers = [];
    for (let sent = 0; sent < 3; sent++) {
      answers.push(await lab.operate(run, { type: 'approve', step: 'sign' }, 'ann', id));
    }
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
    expect(answers[0]).toMatchObject({ outcome: 'done' });
    await lab.gateway.cancel(run, { by: 'test' });
    await lab.end(run);
  });
});

describe('an operation that does not fit', () => {
  const REFUSED: readonly OperationRequest[] = [
    { type: 'resume' },
    { type: 'approve', step: 'first' },
    { type: 'approve', step: 'nowhere' },
    { type: 'reject', step: 'last' },
    { type: 'retry-step', step: 'first' },
    { type: 'skip-step', step: 'first' },
    { type: 'complete-step', step: 'first', output: 1 },
  ];

  it('is refused with the reason, and leaves no event', async () => {
    const run = await startWaiting();
    const before = await lab.eventsOf(run);
    for (const request of REFUSED) {
      const answer = await lab.operate(run, request);
      expect([request, answer]).toEqual([
        request,
        {
          outcome: 'refused',
          refusal: { code: expect.any(String), message: expect.any(String), fits: expect.any(String) },
        },
      ]);
    }
    expect(await lab.eventsOf(run)).toEqual(before);
    await lab.operate(run, { type: 'approve', step: 'sign' });
    expect((await lab.end(run)).status).toBe('completed');
  });

  it.each([[undefined], [null], [{}], [{ type: 'explode' }], ['pause'], [{ type: 'approve' }]])(
    'is refused though it is no operation at all: %j',
    async (operation) => {
      const run = await startWaiting();
      await expect(lab.gateway.operate(run, operation as never, randomUUID())).rejects.toThrow();
      expect((await lab.state(run)).status).toBe('running');
      await lab.operate(run, { type: 'approve', step: 'sign' });
      expect((await lab.end(run)).status).toBe('completed');
    },
  );

  it('finds no run, or one that has ended', async () => {
    expect(await lab.operate(randomUUID(), { type: 'pause' })).toEqual({ outcome: 'not-found' });
    const run = await lab.start(planOfNodes([act('only')]));
    await lab.end(run);
    expect(await lab.operate(run, { type: 'pause' })).toEqual({ outcome: 'already-ended' });
  });
});

it('a cancel from the Web UI is followed while an approval waits', async () => {
  const run = await startWaiting();
  await lab.handle(run).cancel();
  expect((await lab.end(run)).status).toBe('canceled');
  expect(lab.final(run)).toMatchObject({
    result: { status: 'canceled' },
    steps: { sign: { status: 'canceled' } },
  });
});

it('says in Temporal what the run waits for', async () => {
  const run = await startWaiting();
  const metadata = await lab.handle(run).query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  expect(metadata.currentDetails).toBe('Waits for:\n- approval `sign` by `approver` (0 of 1 given)');
  await lab.operate(run, { type: 'approve', step: 'sign' });
  await lab.end(run);
});

it('an operation that comes with the first task is done', async () => {
  await lab.stopWorker();
  const run = await lab.start(planOfNodes([approval('sign')]));
  const answer = lab.operate(run, { type: 'approve', step: 'sign' });
  const refused = lab.operate(run, { type: 'approve', step: 'nowhere' });
  await lab.addWorker();
  expect(await answer).toMatchObject({ outcome: 'done', result: { status: 'succeeded' } });
  expect(await refused).toMatchObject({ outcome: expect.stringMatching(/refused|already-ended/) });
  expect((await lab.end(run)).status).toBe('completed');
});

it('says that nobody answers, and the operation is done once somebody does', async () => {
  const run = await startWaiting();
  await lab.stopWorker();
  const id = randomUUID();
  await expect(lab.operate(run, { type: 'approve', step: 'sign' }, 'ann', id)).rejects.toThrow(
    /did not answer/,
  );
  await lab.addWorker();
  const again = await lab.operate(run, { type: 'approve', step: 'sign' }, 'ann', id);
  expect(again).toMatchObject({ outcome: expect.stringMatching(/done|already-ended/) });
  expect((await lab.end(run)).status).toBe('completed');
});
