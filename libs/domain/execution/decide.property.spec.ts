import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OnFailure, StepDefinition, StepsDefinition } from '../definition/definition.js';
import type { Plan } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';
import type { Command } from './command.js';
import type { RunEvent } from './event.js';
import { parseStepKey, stepKey } from './instance.js';
import type { Operation } from './operation.js';
import type { RunState } from './state.js';
import { act, type Pending, planOfStages, type Simulation, simulateRun } from './testing/simulate-run.js';

/** A step without its id, which is given when the tree is numbered. */
type Seed =
  | { readonly kind: 'act' | 'set' | 'wait' | 'raise' | 'approval' | 'waitFor' | 'emit' | 'workflow' }
  | {
      readonly kind: 'forEach';
      readonly items: number;
      readonly limit: number;
      readonly failFast: boolean;
      readonly quorum: number | undefined;
      readonly steps: readonly Node[];
    }
  | {
      readonly kind: 'loop';
      readonly turns: number;
      readonly delay: boolean;
      readonly steps: readonly Node[];
    }
  | {
      readonly kind: 'try';
      readonly steps: readonly Node[];
      readonly caught: readonly Node[];
      readonly last: readonly Node[];
    }
  | {
      readonly kind: 'parallel';
      readonly limit: number;
      readonly failFast: boolean;
      readonly quorum: number | undefined;
      readonly branches: readonly (readonly Node[])[];
    }
  | { readonly kind: 'switch'; readonly taken: boolean; readonly steps: readonly Node[] };

interface Node {
  readonly seed: Seed;
  /** Which of the siblings above are needed; undefined: the one above. */
  readonly needs: readonly number[] | undefined;
  readonly condition: 'false' | 'failed()' | 'always()' | 'succeeded()' | undefined;
  readonly retried: boolean;
  readonly onFailure: OnFailure;
  readonly limited: boolean;
  readonly compensated: boolean;
  readonly claimed: boolean;
}

const { node: nodes } = fc.letrec<{ node: Node; seed: Seed }>((tie) => {
  const block = (max: number) => fc.array(tie('node'), { minLength: 1, maxLength: max });
  return {
    seed: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'tree' },
      fc.constantFrom<Seed>(
        { kind: 'act' },
        { kind: 'act' },
        { kind: 'act' },
        { kind: 'set' },
        { kind: 'wait' },
        { kind: 'raise' },
        { kind: 'approval' },
        { kind: 'waitFor' },
        { kind: 'emit' },
        { kind: 'workflow' },
      ),
      fc.record({
        kind: fc.constant('forEach' as const),
        items: fc.nat(3),
        limit: fc.integer({ min: 1, max: 3 }),
        failFast: fc.boolean(),
        quorum: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
        steps: block(3),
      }),
      fc.record({
        kind: fc.constant('parallel' as const),
        limit: fc.integer({ min: 1, max: 3 }),
        failFast: fc.boolean(),
        quorum: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
        branches: fc.array(block(2), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({
        kind: fc.constant('loop' as const),
        turns: fc.nat(3),
        delay: fc.boolean(),
        steps: block(2),
      }),
      fc.record({ kind: fc.constant('try' as const), steps: block(2), caught: block(1), last: block(2) }),
      fc.record({ kind: fc.constant('switch' as const), taken: fc.boolean(), steps: block(2) }),
    ),
    node: fc.record({
      seed: tie('seed'),
      needs: fc.option(fc.array(fc.nat(5), { maxLength: 3 }), { nil: undefined }),
      condition: fc.constantFrom(
        undefined,
        undefined,
        undefined,
        'false',
        'failed()',
        'always()',
        'succeeded()',
      ),
      retried: fc.boolean(),
      onFailure: fc.constantFrom('fail', 'fail', 'continue', 'intervene', 'rollback'),
      limited: fc.boolean(),
      compensated: fc.boolean(),
      claimed: fc.boolean(),
    }),
  };
}) as { node: fc.Arbitrary<Node> };

const plans = fc
  .array(fc.array(nodes, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 })
  .map((stages): Plan => {
    const number = { next: 0 };
    return planOfStages(
      Object.fromEntries(
        stages.map((steps, at) => [`stage-${at}`, { kind: 'stage', steps: toSteps(steps, number) }]),
      ),
    );
  });

function toSteps(block: readonly Node[], number: { next: number }): StepsDefinition {
  const ids = block.map(() => `s${number.next++}`);
  return new Map(block.map((node, at) => [ids[at]!, toStep(node, ids, at, number)]));
}

function toStep(node: Node, ids: readonly string[], at: number, number: { next: number }): StepDefinition {
  const common = {
    id: ids[at]!,
    onFailure: node.onFailure,
    ...(node.needs === undefined
      ? {}
      : { needs: [...new Set(node.needs.filter((need) => need < at).map((need) => ids[need]!))] }),
    ...(node.condition === undefined ? {} : { if: node.condition }),
    ...(node.limited && node.seed.kind !== 'act' ? { timeout: '1m' } : {}),
    ...(node.retried ? { retry: { attempts: 2, delay: '30s' } } : {}),
    ...(node.compensated ? { compensate: { uses: 'test/do', with: {} } } : {}),
    ...(node.claimed ? { locks: ['one'] } : {}),
  };
  const { seed } = node;
  switch (seed.kind) {
    case 'act':
      return { ...common, ...act() } as StepDefinition;
    case 'set':
      return { ...common, kind: 'set', set: { v: 1 } };
    case 'wait':
      return { ...common, kind: 'wait', wait: { for: '10s' } };
    case 'raise':
      return { ...common, kind: 'raise', raise: { error: 'test', message: 'raised' } };
    case 'forEach':
      return {
        ...common,
        kind: 'forEach',
        forEach: {
          in: Array(seed.items).fill(0),
          as: `item${number.next}`,
          limit: seed.limit,
          failFast: seed.failFast,
          ...(seed.quorum === undefined ? {} : { quorum: seed.quorum }),
          steps: toSteps(seed.steps, number),
        },
      };
    case 'parallel':
      return {
        ...common,
        kind: 'parallel',
        parallel: {
          limit: seed.limit,
          failFast: seed.failFast,
          ...(seed.quorum === undefined ? {} : { quorum: seed.quorum }),
          branches: new Map(seed.branches.map((steps, n) => [`b${n}`, toSteps(steps, number)])),
        },
      };
    case 'approval':
      return {
        ...common,
        kind: 'approval',
        approval: {
          by: ['approver'],
          quorum: 1,
          expires: '2h',
          onExpiry: 'reject',
          onReject: 'stop',
          selfApproval: true,
        },
      };
    case 'waitFor':
      return { ...common, timeout: '1h', kind: 'waitFor', waitFor: { event: 'go' } };
    case 'emit':
      return { ...common, kind: 'emit', emit: { event: 'go', data: 1 } };
    case 'workflow':
      return { ...common, kind: 'workflow', workflow: { name: 'other', version: 1, inputs: {} } };
    case 'loop':
      return {
        ...common,
        kind: 'loop',
        loop: {
          as: `turn${number.next}`,
          while: `turn${number.next}.index < ${seed.turns}`,
          max: 10,
          ...(seed.delay ? { delay: '5s' } : {}),
          steps: toSteps(seed.steps, number),
        },
      };
    case 'try':
      return {
        ...common,
        kind: 'try',
        try: {
          steps: toSteps(seed.steps, number),
          catch: [{ as: `error${number.next}`, steps: toSteps(seed.caught, number) }],
          finally: toSteps(seed.last, number),
        },
      };
    case 'switch':
      return {
        ...common,
        kind: 'switch',
        switch: [{ if: String(seed.taken), steps: toSteps(seed.steps, number) }],
      };
  }
}

const REQUESTS = [
  'pause',
  'resume',
  'cancel',
  'cancel-requested',
  'compensate',
  'approve',
  'reject',
  'send-event',
  'retry-step',
  'skip-step',
  'complete-step',
  'checkpoint',
] as const;

/** What brings every run to its end when nothing is under way. */
const WAKE: readonly (typeof REQUESTS)[number][] = ['resume', 'skip-step', 'cancel-requested'];

/** Wakes of one run: every step of loops in loops that are tried again may wait for its own. */
const PATIENCE = 1_000;

function toEvent(plan: Plan, state: RunState, what: (typeof REQUESTS)[number], which: number): RunEvent {
  if (what === 'cancel-requested') return { type: 'cancel-requested' };
  const keys = [...Object.keys(state.steps), ...plan.nodes.map(({ id }) => id)];
  const step = keys[which % keys.length]!;
  const author = { by: `p${which % 3}`, roles: ['approver'] };
  const request = { type: what, step, output: 1, name: `n${which}`, data: 1, compensate: false };
  if (what === 'send-event') request.name = 'go';
  const operation =
    what === 'compensate' ? { ...author, type: 'cancel', compensate: true } : { ...author, ...request };
  return { type: 'operation', operation: operation as Operation };
}

/** Which pending thing ends next, which actions fail, and after how many ends somebody cancels. */
const worlds = fc.record({
  picks: fc.infiniteStream(fc.nat()),
  failures: fc.infiniteStream(fc.constantFrom(false, false, false, true)),
});

/** What people ask, and after how many ends; steps are chosen among those that have begun, and a few that have not. */
const requests = fc.array(
  fc.record({ after: fc.nat(12), what: fc.constantFrom(...REQUESTS), which: fc.nat() }),
  { maxLength: 6 },
);

interface PlayedWorld {
  readonly picks: Iterator<number>;
  readonly failures: Iterator<boolean>;
  readonly asked: readonly { after: number; what: (typeof REQUESTS)[number]; which: number }[];
}

function play(plan: Plan, world: PlayedWorld): Simulation {
  const asked = world.asked.toSorted((a, b) => a.after - b.after);
  let woken = 0;
  const watch = new Watch(plan);
  return simulateRun(
    plan,
    {},
    {
      choose: (pending) => (world.picks.next().value as number) % pending.length,
      act: () =>
        world.failures.next().value
          ? { error: { class: 'code', code: 'broken', message: 'It broke.' } }
          : { output: 1 },
      interrupt: (ends, state) => {
        if (asked[0] === undefined || asked[0].after > ends) return undefined;
        const { what, which } = asked.shift()!;
        return toEvent(plan, state, what, which);
      },
      until: (state, pending) => {
        watch.look(state, pending);
        return false;
      },
      idle: (state) => {
        if (!['running', 'paused', 'canceling', 'rolling-back'].includes(state.status) || woken > PATIENCE)
          return undefined;
        const waiting = Object.keys(state.steps).findIndex((key) => state.steps[key]?.waiting !== undefined);
        return toEvent(plan, state, WAKE[woken++ % WAKE.length]!, Math.max(0, waiting));
      },
    },
  );
}

const FINAL = ['succeeded', 'failed', 'skipped', 'canceled'];

/** What must hold at every moment of a run; throws what does not. Asked so often that it does without matchers. */
class Watch {
  private known = new Set<string>();

  constructor(private readonly plan: Plan) {}

  look(state: RunState, pending: readonly Pending[]): void {
    const under = new Set<string>();
    for (const { kind, step, command } of pending) {
      const what = command.type === 'start-timer' ? `${command.timer} of ${step}` : `${kind} of ${step}`;
      if (under.has(what)) throw new Error(`twice under way: ${what}`);
      under.add(what);
      if (state.steps[step]?.status !== 'running') throw new Error(`under way though over: ${what}`);
    }
    const keys = Object.keys(state.steps);
    for (const key of keys) {
      if (isCompensationOf(this.plan, key)) continue;
      const running = state.steps[key]!.status === 'running';
      if (running && this.holderOf(state, key) !== 'running') throw new Error(`runs in what is over: ${key}`);
      if (this.known.has(key)) continue;
      // What holds it may have begun before one of its own needs was tried once more.
      const open = needsOf(this.plan, key).find((need) => !FINAL.includes(state.steps[need]?.status ?? ''));
      if (open !== undefined) throw new Error(`${key} began before ${open} was over`);
    }
    this.known = new Set(keys);
    if (pending.length > 0 || ENDED.includes(state.status)) return;
    const waits = keys.some((key) => state.steps[key]!.waiting !== undefined);
    const held = state.status === 'paused' && (state.held ?? []).length > 0;
    if (!waits && !held) throw new Error('nothing will ever wake the run');
  }

  private holderOf(state: RunState, key: string): string | undefined {
    const { id, iterations } = parseStepKey(key);
    const { parent } = findNode(this.plan, id)!;
    if (parent === null) return 'running';
    const holder = this.plan.nodes[parent]!;
    return state.steps[stepKey(holder.id, iterations.slice(0, holder.loops.length))]?.status;
  }
}

const ENDED = ['succeeded', 'rejected', 'failed', 'canceled'];

function isCompensationOf(plan: Plan, key: string): boolean {
  const node = findNode(plan, parseStepKey(key).id);
  return node?.kind === 'uses' && node.compensates !== undefined;
}

describe('any legal order of completions', () => {
  it('ends in a legal final state', () => {
    const ends = fc.property(plans, worlds, requests, (plan, world, asked) => {
      const { state, commands } = play(plan, { ...world, asked });
      expect(['succeeded', 'rejected', 'failed', 'canceled']).toContain(state.status);
      expect(Object.keys(state.frames)).toEqual([]);
      expect(Object.values(state.steps).every(({ status }) => FINAL.includes(status))).toBe(true);
      expect(commands.filter(({ type }) => type === 'finish-run')).toHaveLength(1);
      expect(commands.at(-1)?.type).toBe('finish-run');
      expect(commands.flatMap(sequenceOf)).toEqual(commands.flatMap(sequenceOf).map((_, at) => at + 1));
      expect(openClaims(commands)).toEqual([]);
      expect(JSON.parse(JSON.stringify(state))).toEqual({
        ...state,
        steps: { ...state.steps },
        frames: {},
      });
    });
    fc.assert(ends, { numRuns: 400 });
    // Loops in loops, tried again: more steps wait for somebody than in most runs.
    fc.assert(ends, { seed: 846_340_119, path: '13549', numRuns: 1 });
  });

  it('begins nothing again but what was taken back', () => {
    fc.assert(
      fc.property(plans, worlds, requests, (plan, world, asked) => {
        const { commands } = play(plan, { ...world, asked });
        const settled = new Map<string, boolean>();
        for (const command of commands) {
          if (command.type === 'start-timer' && command.timer === 'retry') settled.clear();
          if (command.type === 'publish' && command.event.type === 'step.retried') settled.clear();
          if (command.type === 'publish' && /^step\.(skipped|completed)$/.test(command.event.type))
            settled.clear();
          if (command.type !== 'record' || command.transition.step === undefined) continue;
          const { step, status } = command.transition;
          if (status === 'running') expect(settled.get(step)).not.toBe(true);
          settled.set(step, FINAL.includes(status));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('undoes only what succeeded, the latest first, when all else is over', () => {
    fc.assert(
      fc.property(plans, worlds, requests, (plan, world, asked) => {
        const { transitions } = play(plan, { ...world, asked });
        const succeeded = new Set<string>();
        let undoing = false;
        for (const { step, status } of transitions) {
          if (step === undefined) continue;
          const undone = step.replace(':compensate', '');
          if (undone !== step) {
            undoing = true;
            expect(succeeded.has(undone)).toBe(true);
          } else {
            expect(undoing).toBe(false);
            if (status === 'succeeded') succeeded.add(step);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is the same every time', () => {
    fc.assert(
      fc.property(plans, fc.array(fc.nat(), { minLength: 1 }), (plan, picks) => {
        const run = () => {
          let at = 0;
          return simulateRun(plan, {}, { choose: (pending) => picks[at++ % picks.length]! % pending.length });
        };
        expect(run().commands).toEqual(run().commands);
      }),
      { numRuns: 100 },
    );
  });
});

function sequenceOf(command: Command): number[] {
  if (command.type === 'record') return [command.transition.sequence];
  return command.type === 'publish' ? [command.event.sequence] : [];
}

/** Steps that asked for claims and never gave them back. */
function openClaims(commands: readonly Command[]): string[] {
  const open = new Set<string>();
  for (const command of commands) {
    if (command.type === 'acquire-claims') open.add(command.step);
    if (command.type === 'release-claims') open.delete(command.step);
  }
  return [...open];
}

/** Keys of the instances that must be over before this one begins: its own needs, and those of what holds it. */
function needsOf(plan: Plan, key: string): string[] {
  const { id, iterations } = parseStepKey(key);
  const { needs } = findNode(plan, id)!;
  return needs.map((need) => stepKey(plan.nodes[need]!.id, iterations));
}
