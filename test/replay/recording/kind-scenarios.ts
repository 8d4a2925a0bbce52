import type { Json } from '#domain/json.js';
import { ACTS, planOfStages, planOfSteps, type Steps, UNDO, type Written } from './definitions.js';
import { KINDS, type Kind } from './kinds.js';
import type { Scenario, StagedRun } from './scenario.js';

const { queued } = ACTS;

const CHILDREN = Object.fromEntries(
  ['work', 'held', 'fail'].map((inner) => [
    inner,
    planOfSteps(
      { [inner]: queued() },
      { inputs: { n: { type: 'integer' } }, output: { n: '${{ inputs.n }}' } },
    ),
  ]),
);

interface Treatment {
  readonly inner: 'work' | 'held' | 'fail' | 'flaky';
  readonly common?: Written;
  /** Not for actions, whose time limits their workers keep. */
  readonly holdersOnly?: true;
  readonly after?: Steps;
  /** Of the step before it. */
  readonly before?: Written;
  readonly input?: Scenario['input'];
  readonly people?: (run: StagedRun, target: string) => Promise<unknown>;
}

const operate =
  (...requests: readonly ((target: string) => Parameters<StagedRun['operate']>[0])[]) =>
  async (run: StagedRun, target: string): Promise<void> => {
    for (const request of requests) await run.operate(request(target));
  };

const TREATMENTS: Readonly<Record<string, Treatment>> = {
  succeeds: { inner: 'work' },
  fails: { inner: 'fail' },
  'is-continued': { inner: 'fail', common: { onFailure: 'continue' } },
  'is-retried': { inner: 'fail', common: { retry: { attempts: 2, delay: '30ms' } } },
  'is-flaky': { inner: 'flaky', common: { retry: { attempts: 3, delay: '30ms' } } },
  'is-retried-by-hand': {
    inner: 'fail',
    common: { onFailure: 'intervene' },
    people: async (run, target) => {
      await run.waits(target);
      await run.operate({ type: 'retry-step', step: target });
    },
  },
  'is-completed-by-hand': {
    inner: 'fail',
    common: { onFailure: 'intervene' },
    people: async (run, target) => {
      await run.waits(target);
      await run.operate({ type: 'complete-step', step: target, output: { by: 'hand' } });
    },
  },
  'is-rolled-back': {
    inner: 'fail',
    common: { onFailure: 'rollback', compensate: UNDO },
    before: queued({ compensate: UNDO }),
  },
  'is-undone': {
    inner: 'work',
    common: { compensate: UNDO },
    after: { fail: queued({ onFailure: 'rollback' }) },
  },
  'is-canceled': { inner: 'held', people: (run) => run.cancel() },
  'is-canceled-and-undone': {
    inner: 'held',
    common: { compensate: UNDO },
    before: queued({ compensate: UNDO }),
    people: operate(() => ({ type: 'cancel', compensate: true })),
  },
  'is-paused': {
    inner: 'held',
    people: async (run) => {
      await run.operate({ type: 'pause' });
      run.release();
      await run.elapse(100);
    },
  },
  'is-timed-out': {
    inner: 'held',
    common: { timeout: '200ms' },
    holdersOnly: true,
    people: (run) => run.elapse(500),
  },
  'is-skipped': { inner: 'work', common: { if: 'false' } },
  'is-not-reached': { inner: 'work', before: { raise: { error: 'test', message: 'Before.' } } },
  'comes-always': {
    inner: 'work',
    common: { if: 'always()' },
    before: { raise: { error: 'test', message: 'Before.' } },
  },
  'is-locked': { inner: 'work', common: { locks: ['busy'], priority: 1 } },
  'is-skipped-by-hand': {
    inner: 'held',
    people: operate((step) => ({ type: 'skip-step', step })),
  },
  'is-completed-in-its-midst': {
    inner: 'held',
    people: operate(
      (step) => ({ type: 'complete-step', step, output: 1 }),
      () => ({ type: 'checkpoint', name: 'now' }),
    ),
  },
  'is-done-again': {
    inner: 'work',
    input: { seed: { before: { status: 'succeeded', output: { exitCode: 0 } } } },
  },
  'is-ordered-before-its-turn': {
    inner: 'work',
    before: queued({ name: 'Held.' }),
    people: async (run, step) => {
      await run.operate({ type: 'skip-step', step });
      await run.operate({ type: 'send-event', name: 'go', data: { n: 3 } });
    },
  },
};

/** What may hold a step, around one that is about to succeed, to fail or to be canceled. */
const HOLDERS: Readonly<Record<string, (steps: Steps) => Written>> = {
  parallel: (steps) => ({
    parallel: { limit: 1, branches: { a: { steps }, b: { steps: { beside: queued() } } } },
  }),
  forEach: (steps) => ({ forEach: { in: [1, 2], as: 'outer', limit: 1 }, steps }),
  loop: (steps) => ({ loop: { while: 'round.index < 2', as: 'round' }, steps }),
  try: (steps) => ({ try: { steps, catch: [{ as: 'caught', steps: { mended: queued() } }] } }),
  switch: (steps) => ({ switch: [{ if: 'true', steps }] }),
};

export function kindScenarios(): Scenario[] {
  return Object.entries(KINDS).flatMap(([name, kind]) => [
    ...Object.entries(TREATMENTS).flatMap(([what, treatment]) => treated(`${name}-${what}`, kind, treatment)),
    ...Object.entries(HOLDERS).flatMap(([holder, hold]) => held(`${name}-in-${holder}`, kind, hold)),
  ]);
}

function treated(name: string, kind: Kind, treatment: Treatment): Scenario[] {
  const { inner, common = {}, people } = treatment;
  if (treatment.holdersOnly && kind.isAction) return [];
  if ('locks' in common && kind.takesNoLocks) return [];
  const isBroken = (inner === 'fail' || inner === 'flaky') && kind.broken !== undefined;
  const target = kind.isAction ? inner : 'it';
  const plan = planOfStages(
    {
      first: { steps: { before: treatment.before ?? { set: { n: 1 } } } },
      main: { steps: isBroken ? kind.broken!(common) : kind.steps(inner, common) },
      end: { needs: ['first', 'main'], steps: treatment.after ?? { after: ACTS.inline() } },
    },
    { output: `\${{ steps.${target}.status }}` },
  );
  const act = people && ((run: StagedRun) => beginAndAct(run, { kind, target, inner, people }));
  const { input } = treatment;
  return [
    {
      name,
      plan,
      children: CHILDREN,
      ...(input === undefined ? {} : { input }),
      ...(act === undefined ? {} : { people: act }),
    },
  ];
}

interface Acted {
  readonly kind: Kind;
  readonly target: string;
  readonly inner: string;
  readonly people: NonNullable<Treatment['people']>;
}

async function beginAndAct(run: StagedRun, { kind, target, inner, people }: Acted): Promise<void> {
  if (inner === 'held') {
    const holder = kind === KINDS['workflow'] ? run.on(await run.child()) : run;
    await holder.begun(kind === KINDS['forEach'] || kind === KINDS['loop'] ? 'held[0]' : 'held');
  }
  await people(run, target);
}

function held(name: string, kind: Kind, hold: (steps: Steps) => Written): Scenario[] {
  const variants: readonly (readonly [string, Steps])[] = [
    ['succeeds', kind.steps('work', {})],
    ['fails', kind.broken?.({}) ?? kind.steps('fail', {})],
  ];
  return variants.map(([what, steps]) => ({
    name: `${name}-${what}`,
    plan: planOfSteps({ holder: hold(steps), after: ACTS.inline({ if: 'always()' }) }, output('holder')),
    children: CHILDREN,
  }));
}

const output = (step: string): Record<string, Json> => ({ output: { of: `\${{ steps.${step}.output }}` } });
