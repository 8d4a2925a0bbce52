import type { Json } from '#domain/json.js';
import { ACTS, approval, planOfStages, planOfSteps, type Steps, UNDO, type Written } from './definitions.js';
import type { Scenario, StagedRun } from './scenario.js';

const { queued, inline } = ACTS;

const decide =
  (type: 'approve' | 'reject', ...by: readonly string[]) =>
  async (run: StagedRun) => {
    await run.waits('sign');
    for (const person of by) await run.operate({ type, step: 'sign' }, person);
  };

/** What people decide and ask for, and events. */
export function peopleScenarios(): Scenario[] {
  return [
    ...['stop', 'continue', 'fail'].map((onReject) =>
      signed(`approval-rejected-${onReject}`, { onReject }, decide('reject', 'ann')),
    ),
    ...['fail', 'reject', 'approve'].map((onExpiry) =>
      signed(`approval-expires-${onExpiry}`, { onExpiry, expires: '120ms' }, (run) => run.elapse(500)),
    ),
    signed('approval-by-two', { quorum: 2 }, decide('approve', 'ann', 'ann', 'cid')),
    signed('approval-by-one-of-two', { quorum: 2 }, async (run) => {
      await decide('approve', 'ann')(run);
      await decide('reject', 'cid')(run);
    }),
    signed('approval-of-oneself-refused', { by: ['user:bob'] }, decide('approve', 'bob')),
    signed(
      'approval-reminded-and-escalated',
      { remind: '1s', expires: '5s', escalate: { after: '250ms', to: ['operator'] }, message: 'Now?' },
      (run) => run.elapse(1_600),
    ),
    signed('approval-with-inputs', { inputs: { percent: { type: 'integer', default: 10 } } }, async (run) => {
      await run.waits('sign');
      await run.operate({ type: 'approve', step: 'sign', inputs: { percent: 'x' } });
      await run.operate({ type: 'approve', step: 'sign', inputs: { percent: 5 } });
    }),
    signed('approval-while-paused', {}, async (run) => {
      await run.waits('sign');
      await run.operate({ type: 'pause' });
      await run.operate({ type: 'approve', step: 'sign' });
      await run.elapse(50);
    }),
    ...events(),
    ...orders(),
  ];
}

function signed(name: string, more: Record<string, Json>, people: Scenario['people']): Scenario {
  const steps = {
    sign: approval(more),
    told: inline({ if: "steps.sign.output.decision == 'rejected'" }),
    work: queued({ needs: ['sign'] }),
    always: inline({ if: 'always()' }),
  };
  return { name, plan: planOfSteps(steps), people: people! };
}

function events(): Scenario[] {
  const hear = (event: string, more: Written = {}): Written => ({
    waitFor: { event, if: 'event.data.n > 1' },
    ...more,
  });
  const send = (name: string, n: number) => (run: StagedRun) =>
    run.operate({ type: 'send-event', name, data: { n } });
  return [
    {
      name: 'event-before-it-is-waited-for',
      plan: planOfSteps({ held: queued(), hear: hear('go'), again: { waitFor: { event: 'go' } } }),
      people: async (run) => {
        await run.begun('held');
        await send('go', 1)(run);
        await send('go', 2)(run);
      },
    },
    {
      name: 'event-refused-by-its-condition',
      plan: planOfSteps({
        hear: hear('go'),
        bad: { waitFor: { event: 'go', if: 'event.data.missing.much > 1' }, onFailure: 'continue' },
      }),
      people: async (run) => {
        await run.waits('hear');
        for (const n of [1, 2, 3]) await send('go', n)(run);
      },
    },
    {
      name: 'events-emitted-and-heard',
      plan: planOfSteps({
        hear: hear('go', { needs: [] }),
        both: { waitFor: { event: 'go' }, needs: [] },
        tell: { emit: { event: 'go', data: { n: 5 } }, needs: [] },
        large: { emit: { event: 'other', data: 'x' }, needs: [] },
      }),
    },
    {
      name: 'event-too-late',
      plan: planOfSteps({ hear: hear('go', { timeout: '100ms', onFailure: 'continue' }), after: inline() }),
      people: (run) => run.elapse(400),
    },
  ];
}

function orders(): Scenario[] {
  const compensated = (id: string): Steps => ({ [id]: queued({ compensate: UNDO }) });
  return [
    {
      name: 'retried-with-other-input',
      plan: planOfSteps({ fail: queued({ onFailure: 'intervene' }), last: inline() }),
      people: async (run) => {
        await run.waits('fail');
        await run.operate({ type: 'retry-step', step: 'fail', with: { url: 'http://other.example/' } });
        await run.waits('fail');
      },
    },
    {
      name: 'asked-what-does-not-fit',
      plan: planOfSteps({ held: queued(), sign: approval(), last: inline() }),
      people: async (run) => {
        await run.begun('held');
        for (const step of ['held', 'nowhere', 'last']) await run.operate({ type: 'approve', step });
        await run.operate({ type: 'resume' });
        await run.operate({ type: 'retry-step', step: 'held' });
        await run.operate({ type: 'checkpoint', name: 'one' });
        await run.operate({ type: 'checkpoint', name: 'one' });
      },
    },
    {
      name: 'rolled-back-with-failures',
      plan: planOfSteps({
        ...compensated('first'),
        second: queued({
          compensate: { uses: 'log/write', with: { message: '${{ steps.second.output.missing.x }}' } },
        }),
        each: { forEach: { in: [1, 2], as: 'n' }, steps: compensated('inner') },
        pooled: ACTS.pooled({ compensate: { uses: 'command/run', with: { run: ['false'] } } }),
        held: queued({ needs: ['each'] }),
        fail: queued({ needs: ['pooled'], onFailure: 'rollback' }),
      }),
    },
    {
      name: 'canceled-twice',
      plan: planOfSteps({
        stuck: queued({ compensate: UNDO }),
        done: queued({ needs: [], compensate: UNDO }),
      }),
      people: async (run) => {
        await run.begun('stuck');
        await run.operate({ type: 'cancel', compensate: false });
        await run.cancel();
      },
    },
    {
      name: 'canceled-while-paused',
      plan: planOfSteps({ held: queued(), last: queued() }),
      people: async (run) => {
        await run.begun('held');
        await run.operate({ type: 'pause' });
        await run.cancel();
      },
    },
    {
      name: 'canceled-at-once',
      plan: planOfSteps({ work: queued(), last: queued({ if: 'always()' }) }),
      people: (run) => run.cancel(),
    },
    {
      name: 'canceled-with-finally',
      plan: planOfSteps({
        it: { try: { steps: { stuck: queued() }, finally: { steps: { tidy: queued(), more: inline() } } } },
      }),
      people: async (run) => {
        await run.begun('stuck');
        await run.operate({ type: 'cancel', compensate: false });
      },
    },
    {
      name: 'paused-with-much-held-back',
      plan: planOfSteps({
        held: queued(),
        ...Object.fromEntries([1, 2, 3].map((n) => [`next-${n}`, queued({ needs: ['held'] })])),
        pause: { wait: '50ms', needs: ['held'] },
      }),
      people: async (run) => {
        await run.begun('held');
        await run.operate({ type: 'pause' });
        run.release();
        await run.elapse(150);
        await run.operate({ type: 'skip-step', step: 'next-2' });
      },
    },
    {
      name: 'stages-fail-and-go-on',
      plan: planOfStages(
        {
          a: { steps: { fail: queued() }, onFailure: 'continue' },
          b: { steps: { work: queued(), other: inline({ needs: [] }) }, retry: { attempts: 2 } },
          c: { needs: ['a'], if: 'failed()', steps: { never: inline() } },
          d: {
            needs: ['a', 'b'],
            steps: { flaky: queued() },
            retry: { attempts: 4, delay: '20ms' },
            timeout: '20s',
          },
        },
        { output: { a: '${{ steps.a.status }}' } },
      ),
    },
    {
      name: 'stage-timed-out',
      plan: planOfStages({
        a: { steps: { held: queued(), sign: approval({}, { needs: [] }) }, timeout: '150ms' },
        b: { if: 'failed()', steps: { tidy: queued() } },
      }),
      people: (run) => run.elapse(500),
    },
    {
      name: 'run-output-fails',
      plan: planOfSteps({ work: queued() }, { output: '${{ steps.work.output.missing.x }}' }),
    },
    {
      name: 'quorums',
      plan: planOfSteps({
        race: {
          parallel: {
            quorum: 1,
            branches: { a: { steps: { work: queued() } }, b: { steps: { stuck: queued() } } },
          },
        },
        each: {
          forEach: { in: [1, 2, 3], as: 'n', quorum: 2, failFast: false },
          steps: { first: { if: 'n == 1', raise: { error: 'test', message: 'One.' } }, then: inline() },
        },
        lost: {
          forEach: { in: [1, 2, 3], as: 'm', quorum: 3 },
          steps: { fail: queued() },
          onFailure: 'continue',
        },
      }),
    },
    {
      name: 'fails-fast-or-slowly',
      plan: planOfSteps({
        fast: {
          parallel: { branches: { a: { steps: { fail: queued() } }, b: { steps: { stuck: queued() } } } },
          onFailure: 'continue',
        },
        slow: {
          parallel: {
            failFast: false,
            branches: { a: { steps: { 'fail-too': queued() } }, b: { steps: { slow2: queued() } } },
          },
          onFailure: 'continue',
        },
        matrix: {
          forEach: {
            matrix: { a: [1, 2], b: ['x'] },
            exclude: [{ a: 1 }],
            include: [{ a: 3, b: 'y' }],
            as: 'cell',
          },
          steps: { work: inline() },
        },
      }),
    },
    {
      name: 'loop-exhausted',
      plan: planOfSteps({
        it: { loop: { while: 'true', max: 3 }, steps: { work: queued() }, onFailure: 'continue' },
      }),
    },
    {
      name: 'group',
      plan: planOfSteps({ work: queued() }, { concurrency: { group: 'g', policy: 'queue' } }),
    },
    {
      name: 'group-taken',
      plan: planOfSteps({ work: queued() }, { concurrency: { group: 'taken', policy: 'queue' } }),
      people: (run) => run.elapse(300),
    },
    {
      name: 'value-too-large',
      plan: planOfSteps({
        work: {
          set: {
            text: `\${{ [${Array(40).fill("'xxxxxxxxxx'").join()}].map(x, [1,2,3,4,5,6,7,8,9].map(y, x + x + x)).map(z, z.map(w, w + w + w)) }}`,
          },
        },
      }),
    },
  ];
}
