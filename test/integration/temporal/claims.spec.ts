import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { ClaimsRequest } from '#contracts/run.js';
import { InterpreterLab, until } from './interpreter-lab.js';
import { act, literal, planOfNodes } from './plan-of-nodes.js';

/** Who holds the one lock, as `<run> <step>`. */
let holder: string | undefined;
const tries: ClaimsRequest[] = [];
const gone: string[] = [];
/** Settled by a test: an attempt that is being made at this moment. */
let slow: Promise<void> | undefined;
let lab: InterpreterLab;

beforeAll(async () => {
  lab = await InterpreterLab.open({
    async acquireClaims(request) {
      tries.push(request);
      await slow;
      const asked = `${request.run} ${request.step}`;
      if (request.claims.locks.includes('never')) throw refusal('claims-impossible', false);
      if (holder !== undefined && holder !== asked) throw refusal('claims-busy', true);
      holder = asked;
    },
    releaseClaims({ run, step }) {
      gone.push(`${run} ${step}`);
      if (holder === `${run} ${step}`) holder = undefined;
    },
  });
});
afterAll(() => lab?.close());

function refusal(code: string, retryable: boolean): ApplicationFailure {
  const error = { class: 'resource', code, message: 'No.' };
  return ApplicationFailure.create({
    message: 'No.',
    type: code,
    nonRetryable: !retryable,
    details: [error],
  });
}

const locked = (id: string, lock = 'one', more: object = {}) =>
  act(id, { claims: { locks: [literal(lock)] }, ...more });

const isWaiting = (run: string, step: string) => () =>
  lab.transitions(run).some((told) => told.step === step && told.waiting === 'claims');

async function scheduledOf(run: string): Promise<(string | null | undefined)[]> {
  return (await lab.eventsOf(run)).map(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name,
  );
}

describe('claims', () => {
  it('are taken before a step begins and given back when it is over', async () => {
    const run = await lab.start(planOfNodes([locked('first', 'one', { priority: 2 }), locked('second')]));
    expect((await lab.end(run)).status).toBe('completed');
    expect(tries.find((request) => request.run === run)).toEqual({
      run,
      project: 'default',
      step: 'first',
      claims: { locks: ['one'], priority: 2 },
    });
    expect(gone).toContain(`${run} first`);
    // The last one ends with the run: nobody waits for it, and no event tells of it.
    expect((await scheduledOf(run)).filter((type) => type === 'releaseClaims')).toHaveLength(1);
    holder = undefined;
  });

  it('are waited for without events', async () => {
    holder = 'another';
    const run = await lab.start(planOfNodes([locked('step')]));
    await until(() => tries.filter((request) => request.run === run).length >= 2);
    const before = await lab.eventsOf(run);
    await until(() => tries.filter((request) => request.run === run).length >= 3);
    expect(await lab.eventsOf(run)).toEqual(before);
    holder = undefined;
    expect((await lab.end(run)).status).toBe('completed');
    holder = undefined;
  });

  it('that can never be granted fail the step', async () => {
    const run = await lab.start(planOfNodes([locked('step', 'never')]));
    await lab.end(run);
    expect(lab.final(run).steps['step']).toMatchObject({
      status: 'failed',
      error: { class: 'resource', code: 'claims-impossible' },
    });
  });

  it('are asked for no longer where the step is skipped, and returned all the same', async () => {
    holder = 'another';
    const run = await lab.start(planOfNodes([locked('step'), act('held', { needs: [] }), act('last')]));
    await until(isWaiting(run, 'step'));
    await until(() => tries.some((request) => request.run === run));
    await lab.operate(run, { type: 'skip-step', step: 'step' });
    expect((await lab.end(run)).status).toBe('completed');
    holder = undefined;
  });

  it('granted at the very moment at which they were given up are returned', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    slow = promise;
    const wait = { id: 'go', kind: 'waitFor', event: literal('go'), needs: [] } as const;
    const run = await lab.start(planOfNodes([locked('step'), wait]));
    await until(() => tries.some((request) => request.run === run));
    await lab.operate(run, { type: 'skip-step', step: 'step' });
    expect(await scheduledOf(run)).not.toContain('releaseClaims');
    resolve();
    slow = undefined;
    await until(() => gone.includes(`${run} step`));
    expect(holder).toBeUndefined();
    await lab.operate(run, { type: 'send-event', name: 'go', data: null });
    expect((await lab.end(run)).status).toBe('completed');
  });

  it('outlive the worker', async () => {
    holder = 'another';
    const run = await lab.start(planOfNodes([locked('step')]));
    await until(isWaiting(run, 'step'));
    await lab.stopWorker();
    await lab.addWorker();
    holder = undefined;
    expect((await lab.end(run)).status).toBe('completed');
    holder = undefined;
  });
});
