import { describe, expect, it } from '@jest/globals';
import type { NodeCommon, Plan, PlanNode } from '#domain/plan/plan.js';
import type { StepRow } from '#persistence/repositories/step-repository.js';
import { listSteps } from './step-list.js';

const node = (index: number, id: string, parent: number | null, more: object): PlanNode =>
  ({
    index,
    end: index + 1,
    id,
    parent,
    branch: 0,
    loops: [],
    needs: [],
    dependents: [],
    onFailure: 'fail',
    ...more,
  }) satisfies NodeCommon as unknown as PlanNode;

const plan: Plan = {
  format: 1,
  name: 'p',
  nodes: [
    node(0, 'build', null, { kind: 'stage', name: 'Build' }),
    node(1, 'each', 0, { kind: 'forEach' }),
    node(2, 'inner', 1, { kind: 'forEach', loops: [1] }),
    node(3, 'check', 2, { kind: 'uses', action: 'command/run', loops: [1, 2] }),
    node(4, 'last', 0, { kind: 'set' }),
  ],
  root: { flow: 'needs', nodes: [0] },
  digest: 'sha256:00',
};

const row = (key: string, status: StepRow['status'] = 'succeeded'): StepRow => ({
  key,
  status,
  startedAt: new Date(0),
  endedAt: null,
  error: null,
  skipped: null,
  waiting: null,
  approval: null,
  event: null,
  reused: false,
});

describe('listSteps', () => {
  it('shows the plan when nothing has begun', () => {
    const steps = listSteps({ plan, steps: [], attempts: [], ended: false });
    expect(steps.map(({ key, kind, parent, depth, status }) => [key, kind, parent, depth, status])).toEqual([
      ['build', 'stage', undefined, 0, 'pending'],
      ['each', 'forEach', 'build', 1, 'pending'],
      ['inner', 'forEach', 'each', 2, 'pending'],
      ['check', 'uses', 'inner', 3, 'pending'],
      ['last', 'set', 'build', 1, 'pending'],
    ]);
    expect(steps[0]).toEqual({
      key: 'build',
      id: 'build',
      name: 'Build',
      kind: 'stage',
      depth: 0,
      status: 'pending',
      attempts: [],
    });
    expect(steps[3]?.action).toBe('command/run');
  });

  it('puts instances in the order of their items, whatever order they came in', () => {
    const keys = ['check[10][0]', 'check[2][11]', 'check[2][2]', 'inner[2]', 'inner[10]', 'each'];
    const steps = listSteps({ plan, steps: keys.map((key) => row(key)), attempts: [], ended: false });
    expect(steps.map((step) => step.key)).toEqual([
      'build',
      'each',
      'inner[2]',
      'inner[10]',
      'check[2][2]',
      'check[2][11]',
      'check[10][0]',
      'last',
    ]);
  });

  it('leaves nothing pending in a run that has ended', () => {
    const steps = listSteps({ plan, steps: [row('build', 'canceled')], attempts: [], ended: true });
    expect(steps.map((step) => step.status)).toEqual([
      'canceled',
      'skipped',
      'skipped',
      'skipped',
      'skipped',
    ]);
    expect(steps[4]?.skipped).toBe('stopped');
  });

  it('says of what stands in a closed block why it stayed closed, in a run that goes on', () => {
    const skipped = { ...row('each', 'skipped'), skipped: 'upstream-failed' as const };
    const below = (each: StepRow) =>
      listSteps({ plan, steps: [each], attempts: [], ended: false })
        .filter(({ depth }) => depth > 1)
        .map((step) => `${step.id} ${step.status} ${step.skipped ?? ''}`.trim());
    expect(below(skipped)).toEqual(['inner skipped upstream-failed', 'check skipped upstream-failed']);
    expect(below(row('each', 'succeeded'))).toEqual(['inner skipped condition', 'check skipped condition']);
    expect(below(row('each', 'running'))).toEqual(['inner pending', 'check pending']);
  });

  it('says what a running step waits for, and no longer when it is over', () => {
    const waiting = { ...row('last', 'running'), waiting: 'event' as const, event: 'deployed' };
    const shown = (step: StepRow) => listSteps({ plan, steps: [step], attempts: [], ended: false })[4];
    expect(shown(waiting)).toMatchObject({ status: 'waiting', waitingFor: 'event', event: 'deployed' });
    expect(shown({ ...waiting, status: 'canceled' })).toMatchObject({ status: 'canceled' });
    expect(shown({ ...waiting, status: 'canceled' })).not.toHaveProperty('waitingFor');
    expect(shown({ ...row('last'), reused: true })).toMatchObject({ reused: true });
    expect(shown(row('last'))).not.toHaveProperty('reused');
  });

  it('shows what undoes a step only where it was called for', () => {
    const compensation = node(5, 'last:compensate', 0, { kind: 'uses', action: 'log/write', compensates: 4 });
    const undoing: Plan = { ...plan, nodes: [...plan.nodes, compensation] };
    const keys = (steps: StepRow[]) =>
      listSteps({ plan: undoing, steps, attempts: [], ended: true }).map((step) => step.key);
    expect(keys([])).not.toContain('last:compensate');
    expect(keys([row('last:compensate')]).slice(-2)).toEqual(['last', 'last:compensate']);
  });

  it('says why no turn of a loop and no catch began', () => {
    const of = (kind: string) =>
      listSteps({
        plan: { ...plan, nodes: [node(0, 'holder', null, { kind }), node(1, 'held', 0, { kind: 'set' })] },
        steps: [row('holder')],
        attempts: [],
        ended: false,
      })[1];
    for (const kind of ['loop', 'try', 'forEach', 'switch']) {
      expect(of(kind)).toMatchObject({ status: 'skipped', skipped: 'condition' });
    }
    expect(of('parallel')).toMatchObject({ status: 'skipped', skipped: 'stopped' });
  });

  it('lists 60,000 turns of a loop', () => {
    const steps = Array.from({ length: 60_000 }, (_, turn) => row(`check[${turn % 2}][${59_999 - turn}]`));
    const listed = listSteps({ plan, steps, attempts: [], ended: false });
    expect(listed).toHaveLength(60_004);
    expect(listed.slice(3, 5).map((step) => step.key)).toEqual(['check[0][1]', 'check[0][3]']);
  });

  it('takes a step with an attempt for running before its transition is known', () => {
    const attempt = {
      step: 'last',
      attempt: 1,
      status: 'running' as const,
      worker: null,
      rebuild: false,
      startedAt: new Date(0),
      endedAt: null,
      error: null,
    };
    const steps = listSteps({ plan, steps: [], attempts: [attempt], ended: false });
    expect(steps[4]).toMatchObject({ status: 'running', attempts: [{ attempt: 1, worker: '' }] });
  });
});
