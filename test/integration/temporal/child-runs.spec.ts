import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ActionInput, ActionResult, ChildRunRequest, InterpretInput } from '#contracts/run.js';
import type { Plan } from '#domain/plan/plan.js';
import { toApplicationFailure } from '#temporal/activities/application-failure.js';
import { InterpreterLab, inputOf, succeed, until } from './interpreter-lab.js';
import { act, approval, literal, planOfNodes, workflow } from './plan-of-nodes.js';

/** What the workflow `<name>` of a step is. */
const CHILDREN: Readonly<Record<string, Plan>> = {
  good: planOfNodes([act('work')], { output: literal({ made: 'it' }) }),
  silent: planOfNodes([act('work')]),
  bad: planOfNodes([act('broken')]),
  slow: planOfNodes([act('work'), approval('sign')]),
  'in-itself': planOfNodes([workflow('again', { workflow: 'in-itself' })]),
};

const requests: ChildRunRequest[] = [];
/** Settled by a test: a run that is being noted at this moment. */
let noting: Promise<void> | undefined;
const prepared = new Map<string, InterpretInput>();
let lab: InterpreterLab;

beforeAll(async () => {
  lab = await InterpreterLab.open({ act: play, prepareRun: prepare });
});
afterAll(() => lab?.close());

function play(input: ActionInput): ActionResult {
  if (input.step !== 'broken') return succeed(input);
  const error = { class: 'test', code: 'tests-failed', message: 'Two tests failed.' } as const;
  throw toApplicationFailure({ error, retryable: false }, 1);
}

/** The same run for the same parent, step and attempt, as the control plane has it. */
async function prepare(request: ChildRunRequest): Promise<InterpretInput> {
  requests.push(request);
  const { parent, attemptsBefore, workflow: name, inputs } = request;
  const key = `${parent.run} ${parent.step} ${attemptsBefore}`;
  const known =
    prepared.get(key) ??
    inputOf(CHILDREN[name]!, { inputs, parent, run: { workflow: name, trigger: 'workflow' } as never });
  prepared.set(key, known);
  await noting;
  return known;
}

const childOf = (run: string, step = 'child', attemptsBefore = 0) =>
  prepared.get(`${run} ${step} ${attemptsBefore}`)!.run.id;

const startChild = (name: string, more: object = {}) =>
  lab.start(
    planOfNodes([workflow('child', { workflow: name, inputs: literal({ n: 1 }), ...more }), act('last')]),
  );

async function startSlow(): Promise<{ readonly run: string; readonly child: string }> {
  const run = await startChild('slow');
  await until(() => prepared.has(`${run} child 0`));
  const child = childOf(run);
  await until(() => lab.transitions(child).some(({ waiting }) => waiting === 'approval'));
  return { run, child };
}

describe('a step that runs another workflow', () => {
  it('has the output of its run, which is a run of its own', async () => {
    const run = await startChild('good');
    expect((await lab.end(run)).status).toBe('completed');
    expect(lab.final(run).steps['child']).toMatchObject({
      status: 'succeeded',
      output: { made: 'it' },
      attempts: 1,
    });
    const child = childOf(run);
    expect(lab.final(child)).toMatchObject({ result: { status: 'succeeded' } });
    expect(requests.find(({ parent }) => parent.run === run)).toEqual({
      project: 'default',
      workflow: 'good',
      version: 1,
      inputs: { n: 1 },
      startedBy: 'bob',
      parent: { run, step: 'child', depth: 1, holdsClaims: false },
      attemptsBefore: 0,
    });
    const description = await lab.handle(child).describe();
    const { searchAttributes, memo } = description;
    expect(searchAttributes).toMatchObject({ SluiceWorkflow: ['good'], SluiceTrigger: ['workflow'] });
    expect(memo).toMatchObject({ project: 'default', startedBy: 'bob' });
    expect(await description.staticSummary()).toBe('good v1');
  });

  it('has null where the run has no output', async () => {
    const run = await startChild('silent');
    await lab.end(run);
    expect(lab.final(run).steps['child']).toMatchObject({ status: 'succeeded', output: null });
  });

  it('fails by the error of its run, class and code kept, run and step named', async () => {
    const run = await startChild('bad', { retry: { attempts: 2, delayMs: 1, factor: 1, maxDelayMs: 1 } });
    expect((await lab.end(run)).status).toBe('failed');
    const child = childOf(run, 'child', 1);
    expect(childOf(run)).not.toBe(child);
    expect(lab.final(run).steps['child']).toMatchObject({
      status: 'failed',
      attempts: 2,
      error: {
        class: 'test',
        code: 'tests-failed',
        message: `Step "broken" of run ${child}: Two tests failed.`,
        details: { run: child, step: 'broken' },
      },
    });
  });

  it('fails where an approval in its run was rejected', async () => {
    const { run, child } = await startSlow();
    await lab.operate(child, { type: 'reject', step: 'sign' });
    await lab.end(run);
    expect(lab.final(run).steps['child']).toMatchObject({
      status: 'failed',
      error: { code: 'workflow-rejected' },
    });
  });

  it('cancels its run with itself, and ends after it', async () => {
    const { run, child } = await startSlow();
    await lab.gateway.cancel(run, { by: 'ann' });
    expect((await lab.end(run)).status).toBe('canceled');
    expect(await lab.gateway.describe(child)).toEqual({ status: 'canceled' });
    expect(lab.final(run).steps['child']).toMatchObject({ status: 'canceled' });
  });

  it.each([
    ['canceled', 'workflow-canceled', (child: string) => lab.gateway.cancel(child, { by: 'ann' })],
    [
      'canceled by an operation',
      'workflow-canceled',
      (child: string) => lab.operate(child, { type: 'cancel', compensate: false }),
    ],
    ['terminated', 'workflow-terminated', (child: string) => lab.handle(child).terminate('enough')],
  ])('fails where its run alone is %s', async (_, code, stop) => {
    const { run, child } = await startSlow();
    await stop(child);
    await lab.end(run);
    expect(lab.final(run).steps['child']).toMatchObject({
      status: 'failed',
      error: { class: 'canceled', code },
    });
  });

  it('asks the run to stop where the parent is terminated', async () => {
    const { run, child } = await startSlow();
    await lab.handle(run).terminate('enough');
    expect((await lab.end(child)).status).toBe('canceled');
  });

  it('says what became of a run that was noted, and then not begun', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    noting = promise;
    const run = await startChild('good');
    await until(() => prepared.has(`${run} child 0`));
    await lab.gateway.cancel(run, { by: 'ann' });
    await until(async () => (await lab.state(run)).status === 'canceling');
    resolve();
    noting = undefined;
    expect((await lab.end(run)).status).toBe('canceled');
    expect(lab.final(childOf(run))).toMatchObject({ result: { status: 'canceled' }, steps: {} });
    expect(await lab.gateway.describe(childOf(run))).toEqual({ status: 'not-found', keptMs: 86_400_000 });
  });

  it('goes on where the worker was away in between', async () => {
    const { run, child } = await startSlow();
    await lab.stopWorker();
    await lab.addWorker();
    await lab.operate(child, { type: 'approve', step: 'sign' });
    expect((await lab.end(run)).status).toBe('completed');
    expect(requests.filter(({ parent }) => parent.run === run)).toHaveLength(1);
  });

  it('does not run itself for ever', async () => {
    const run = await lab.start(CHILDREN['in-itself']!);
    await lab.end(run);
    expect(lab.final(run).result.error).toMatchObject({
      code: 'workflow-nesting-too-deep',
      class: 'configuration',
    });
    expect(Math.max(...requests.map(({ parent }) => parent.depth))).toBe(10);
  });

  it('tells its run whether anything above it holds locks or resources', async () => {
    const claims = { locks: [literal('x')] };
    const claimed = await lab.start(planOfNodes([workflow('child', { workflow: 'good', claims })]));
    const plan = planOfNodes([workflow('child', { workflow: 'good' })], {
      concurrency: { group: literal('g'), policy: 'queue' },
    });
    const grouped = await lab.start(plan);
    for (const run of [claimed, grouped]) {
      await lab.end(run);
      expect(requests.find(({ parent }) => parent.run === run)?.parent.holdsClaims).toBe(true);
    }
  });
});
