import { ACTS, type Steps, type Written } from './definitions.js';

/**
 * Every kind of step, and every sort of action, as each thing happens to it that may happen to a step. `inner` is the
 * id, and so the behaviour, of an action in the step or beside it.
 */
export interface Kind {
  /** The step `it`, with these keys, and what stands beside it. */
  readonly steps: (inner: string, common: Written) => Steps;
  /** As it is where it fails, by itself. */
  readonly broken?: (common: Written) => Steps;
  /** Id of the step: that of the action, of an action. */
  readonly isAction?: true;
  /** The definition language refuses locks on it. */
  readonly takesNoLocks?: true;
}

const { queued } = ACTS;
const action = (act: (common?: Written) => Written): Kind => ({
  steps: (inner, common) => ({ [inner]: act(common) }),
  isAction: true,
});
/** Kinds that hold no steps, with an action beside them. */
const beside = (it: Written, broken: Written): Kind => ({
  steps: (inner, common) => ({ it: { ...it, ...common }, [inner]: queued({ needs: [] }) }),
  broken: (common) => ({ it: { ...broken, ...common } }),
});

export const KINDS: Readonly<Record<string, Kind>> = {
  queued: action(ACTS.queued),
  inline: action(ACTS.inline),
  workspace: action(ACTS.workspace),
  pooled: action(ACTS.pooled),
  unattended: action(ACTS.unattended),
  set: beside({ set: { n: 1 } }, { set: { n: '${{ 1 / 0 }}' } }),
  raise: beside(
    { raise: { error: 'test', message: 'On purpose.' } },
    { raise: { error: 'test', message: '!' } },
  ),
  wait: beside({ wait: '80ms' }, { wait: "${{ 'a' + 'b' }}" }),
  emit: beside({ emit: { event: 'go', data: { n: 2 } } }, { emit: { event: "${{ '' }}", data: 1 } }),
  waitFor: beside(
    { waitFor: { event: 'go', if: 'event.data.n > 1' } },
    { waitFor: { event: 'never' }, timeout: '100ms' },
  ),
  approval: beside(
    { approval: { by: ['approver'], selfApproval: true } },
    { approval: { by: ['approver'], expires: '100ms' } },
  ),
  switch: {
    steps: (inner, common) => ({
      it: {
        switch: [{ if: 'false', steps: { other: queued() } }, { steps: { [inner]: queued() } }],
        ...common,
      },
    }),
  },
  parallel: {
    steps: (inner, common) => ({
      it: {
        parallel: {
          branches: {
            one: { steps: { [inner]: queued() } },
            two: { steps: { log: ACTS.inline(), more: queued() } },
          },
        },
        ...common,
      },
    }),
  },
  forEach: {
    steps: (inner, common) => ({
      it: {
        forEach: { in: ['a', 'b', 'c'], as: 'item', limit: 2 },
        steps: { [inner]: queued(), told: { set: { item: '${{ item }}' } } },
        ...common,
      },
    }),
  },
  loop: {
    steps: (inner, common) => ({
      it: {
        loop: { until: 'turn.index == 1', delay: '20ms' },
        steps: { [inner]: queued(), told: { set: { n: '${{ turn.index }}' } } },
        ...common,
      },
    }),
  },
  try: {
    steps: (inner, common) => ({
      it: {
        try: {
          steps: { bad: { raise: { error: 'test', message: 'On purpose.' } } },
          catch: [
            { errors: ['timeout'], steps: { never: queued() } },
            { errors: ['test'], steps: { [inner]: queued() } },
          ],
          finally: { steps: { tidy: ACTS.inline() } },
        },
        ...common,
      },
    }),
  },
  workflow: {
    steps: (inner, common) => ({
      it: { workflow: { name: inner, version: 1, inputs: { n: 1 } }, ...common },
      parted: queued({ needs: [] }),
    }),
    takesNoLocks: true,
  },
};
