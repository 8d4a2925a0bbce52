import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { ActionInput, ActionResult, ClaimsRequest } from '#contracts/run.js';
import { InterpreterLab, inputOf, succeed, until } from './interpreter-lab.js';
import { act, approval, literal, type NodeDraft, planOfNodes, workflow } from './plan-of-nodes.js';

/** Timers leave two events each, some 3,900 together; the server suggests a new execution from 4,096 on. */
const FILL = Array.from({ length: 1950 }, (_, index) => pause(`fill-${index}`));

function pause(id: string, time = '1ms'): NodeDraft {
  const draft = { id, kind: 'wait', for: literal(time), needs: [] } as const;
  return draft;
}

let lab: InterpreterLab;
let isLocked = true;
const tries: ClaimsRequest[] = [];
const acted: string[] = [];

beforeAll(async () => {
  lab = await InterpreterLab.open({
    act(input: ActionInput): ActionResult {
      acted.push(`${input.run.id} ${input.step}`);
      return succeed(input);
    },
    acquireClaims(request) {
      tries.push(request);
      if (isLocked) throw ApplicationFailure.create({ message: 'Busy.', type: 'claims-busy' });
    },
    prepareRun: ({ parent }) =>
      inputOf(planOfNodes([approval('sign')], { output: literal('signed') }), {
        parent,
        run: { id: childOf(parent.run) } as never,
      }),
  });
});
afterAll(() => lab?.close());

const childOf = (run: string) => `${run}-child`;

const executionOf = async (run: string) => (await lab.handle(run).describe()).runId;

const startFilled = async (drafts: readonly NodeDraft[]) => {
  const run = await lab.start(planOfNodes([...FILL, ...drafts]));
  await until(() => {
    const settled = lab.transitions(run).filter(({ status }) => status === 'succeeded');
    return settled.length >= FILL.length;
  });
  return { run, first: await executionOf(run) };
};

/** Pauses and resumes until the run has gone over to another execution; answers with the number of pauses. */
async function pushOver(run: string, first: string): Promise<number> {
  for (let pauses = 1; ; pauses++) {
    expect(await lab.operate(run, { type: 'pause' })).toMatchObject({ result: { status: 'paused' } });
    if ((await executionOf(run)) !== first) return pauses;
    expect(await lab.operate(run, { type: 'resume' })).toMatchObject({ result: { status: 'running' } });
    if (pauses > 200) throw new Error('it is not carried over');
  }
}

const published = (run: string, type: string) => {
  const events = lab.batches.filter((batch) => batch.run === run).flatMap((batch) => batch.events ?? []);
  return new Set(events.filter((event) => event.type === type).map(({ sequence }) => sequence)).size;
};

describe('a run whose history grows long', () => {
  it('goes over in the very task of an operation, with all that it waits for; none is lost or done twice', async () => {
    isLocked = true;
    const claims = { locks: [literal('one')] };
    const { run, first } = await startFilled([
      approval('sign', { needs: [] }),
      act('locked', { needs: [], claims }),
    ]);
    const id = randomUUID();
    const sent = await lab.operate(run, { type: 'send-event', name: 'early', data: 1 }, 'ann', id);
    let over = false;
    const others = Promise.all(
      ['a', 'b', 'c'].map(async (sender) => {
        let sent = 0;
        // Few enough that the first of all is still known at the end, however long it takes.
        for (; sent < 10 && !over; sent++) {
          const answer = await lab.operate(run, { type: 'checkpoint', name: `${sender}${sent}` });
          expect(answer).toMatchObject({ outcome: 'done' });
        }
        return sent;
      }),
    );
    const pauses = await pushOver(run, first);
    over = true;
    const checkpoints = (await others).reduce((sum, sent) => sum + sent, 0);
    // It waits as before for its locks and for the approval, and Temporal tells of it.
    const before = tries.filter((request) => request.run === run).length;
    await until(() => tries.filter((request) => request.run === run).length > before);
    expect(await lab.state(run)).toMatchObject({ status: 'paused' });
    const metadata = await lab.handle(run).query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('**paused**');
    expect(metadata.currentDetails).toContain('approval `sign`');
    expect(metadata.currentDetails).toContain('locks or resources for `locked`');
    expect(await lab.operate(run, { type: 'send-event', name: 'early', data: 1 }, 'ann', id)).toEqual(sent);
    await lab.operate(run, { type: 'resume' });
    await lab.operate(run, { type: 'approve', step: 'sign' });
    isLocked = false;
    expect((await lab.end(run)).status).toBe('completed');
    expect(acted.filter((one) => one === `${run} locked`)).toHaveLength(1);
    expect(published(run, 'run.paused')).toBe(pauses);
    expect(published(run, 'run.checkpointed')).toBe(checkpoints);
    expect(published(run, 'event.received')).toBe(1);
    const { searchAttributes } = await lab.handle(run).describe();
    expect(searchAttributes['SluiceStatus']).toEqual(['succeeded']);
  });

  it('waits with it for the run that one of its steps started', async () => {
    const { run, first } = await startFilled([workflow('child', { needs: [] }), approval('sign')]);
    for (let more = 0; more < 60; more++) {
      await lab.operate(run, { type: 'pause' });
      await lab.operate(run, { type: 'resume' });
    }
    expect(await executionOf(run)).toBe(first);
    await lab.operate(childOf(run), { type: 'approve', step: 'sign' });
    await until(async () => (await executionOf(run)) !== first);
    await lab.operate(run, { type: 'approve', step: 'sign' });
    expect((await lab.end(run)).status).toBe('completed');
    expect(lab.final(run).steps['child']).toMatchObject({ status: 'succeeded', output: 'signed' });
  });

  it('waits on for what is left of a year, whichever worker interprets it', async () => {
    const begun = Date.now();
    const { run, first } = await startFilled([pause('year', '365d')]);
    await pushOver(run, first);
    await lab.operate(run, { type: 'resume' });
    await lab.stopWorker();
    await lab.addWorker();
    const [timer, ...others] = (await lab.eventsOf(run)).flatMap(
      ({ timerStartedEventAttributes: started, eventTime }) =>
        started == null
          ? []
          : [Number(started.startToFireTimeout?.seconds) + Number(eventTime?.seconds) - begun / 1000],
    );
    expect(others).toEqual([]);
    expect(Math.abs(timer! - 365 * 24 * 60 * 60)).toBeLessThan(60);
    await lab.operate(run, { type: 'skip-step', step: 'year' });
    expect((await lab.end(run)).status).toBe('completed');
    expect(lab.final(run).steps['year']).toMatchObject({ status: 'skipped', skipped: 'operator' });
  });

  it('forgets the turns of a loop that are gone, and says of which steps', async () => {
    const until = { dialect: 'cel', source: 'turn.index >= 899' } as const;
    const loop: NodeDraft<'loop'> = {
      id: 'often',
      kind: 'loop',
      as: 'turn',
      until,
      max: 2000,
      delayMs: 0,
      body: [act('step')],
    };
    const run = await lab.start(planOfNodes([loop]));
    const first = await executionOf(run);
    expect((await lab.end(run)).status).toBe('completed');
    expect(await executionOf(run)).not.toBe(first);
    expect(acted.filter((one) => one.startsWith(`${run} step[`))).toHaveLength(900);
    expect(lab.final(run)).toMatchObject({ forgotten: ['step'], steps: { 'step[899]': { attempts: 1 } } });
    const started = (await lab.eventsOf(run))[0]?.workflowExecutionStartedEventAttributes;
    expect(started?.input?.payloads?.[0]?.data?.length).toBeLessThan(3000);
  });
});
