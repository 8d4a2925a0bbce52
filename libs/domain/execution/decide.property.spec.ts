import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StepDefinition, StepsDefinition } from '../definition/definition.js';
import type { Plan } from '../plan/plan.js';
import { parseStepKey, stepKey } from './instance.js';
import { act, planOfStages, type Simulation, simulateRun } from './testing/simulate-run.js';

/** A step without its id, which is given when the tree is numbered. */
type Seed =
  | { readonly kind: 'act' | 'set' | 'wait' | 'raise' }
  | {
      readonly kind: 'forEach';
      readonly items: number;
      readonly limit: number;
      readonly failFast: boolean;
      readonly steps: readonly Node[];
    }
  | {
      readonly kind: 'parallel';
      readonly limit: number;
      readonly failFast: boolean;
      readonly branches: readonly (readonly Node[])[];
    }
  | { readonly kind: 'switch'; readonly taken: boolean; readonly steps: readonly Node[] };

interface Node {
  readonly seed: Seed;
  /** Which of the siblings above are needed; undefined: the one above. */
  readonly needs: readonly number[] | undefined;
  readonly condition: 'false' | 'failed()' | 'always()' | undefined;
  readonly onFailure: 'fail' | 'continue';
  readonly limited: boolean;
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
      ),
      fc.record({
        kind: fc.constant('forEach' as const),
        items: fc.nat(3),
        limit: fc.integer({ min: 1, max: 3 }),
        failFast: fc.boolean(),
        steps: block(3),
      }),
      fc.record({
        kind: fc.constant('parallel' as const),
        limit: fc.integer({ min: 1, max: 3 }),
        failFast: fc.boolean(),
        branches: fc.array(block(2), { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('switch' as const), taken: fc.boolean(), steps: block(2) }),
    ),
    node: fc.record({
      seed: tie('seed'),
      needs: fc.option(fc.array(fc.nat(5), { maxLength: 3 }), { nil: undefined }),
      condition: fc.constantFrom(undefined, undefined, undefined, 'false', 'failed()', 'always()'),
      onFailure: fc.constantFrom('fail', 'fail', 'continue'),
      limited: fc.boolean(),
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
          branches: new Map(seed.branches.map((steps, n) => [`b${n}`, toSteps(steps, number)])),
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

/** Which pending thing ends next, which actions fail, and after how many ends somebody cancels. */
const worlds = fc.record({
  picks: fc.infiniteStream(fc.nat()),
  failures: fc.infiniteStream(fc.constantFrom(false, false, false, true)),
  cancelAfter: fc.option(fc.nat(8), { nil: undefined }),
});

function play(
  plan: Plan,
  world: { picks: Iterator<number>; failures: Iterator<boolean>; cancelAfter: number | undefined },
): Simulation {
  return simulateRun(
    plan,
    {},
    {
      choose: (pending) => (world.picks.next().value as number) % pending.length,
      act: () =>
        world.failures.next().value
          ? { error: { class: 'code', code: 'broken', message: 'It broke.' } }
          : { output: 1 },
      interrupt: (ends) => (ends === world.cancelAfter ? { type: 'cancel-requested' } : undefined),
    },
  );
}

const FINAL = ['succeeded', 'failed', 'skipped', 'canceled'];

describe('any legal order of completions', () => {
  it('ends in a legal final state', () => {
    fc.assert(
      fc.property(plans, worlds, (plan, world) => {
        const { state, commands, transitions } = play(plan, world);
        expect(['succeeded', 'failed', 'canceled']).toContain(state.status);
        expect(Object.keys(state.frames)).toEqual([]);
        expect(Object.values(state.steps).every(({ status }) => FINAL.includes(status))).toBe(true);
        expect(commands.filter(({ type }) => type === 'finish-run')).toHaveLength(1);
        expect(commands.at(-1)?.type).toBe('finish-run');
        expect(transitions.map(({ sequence }) => sequence)).toEqual(transitions.map((_, at) => at + 1));
        expect(JSON.parse(JSON.stringify(state))).toEqual({
          ...state,
          steps: { ...state.steps },
          frames: {},
        });
      }),
      { numRuns: 400 },
    );
  });

  it('runs nothing before its needs and nothing twice', () => {
    fc.assert(
      fc.property(plans, worlds, (plan, world) => {
        const { transitions } = play(plan, world);
        const settled = new Set<string>();
        const begun = new Set<string>();
        for (const { step, status } of transitions) {
          if (step === undefined) continue;
          if (status === 'running') {
            expect(begun.has(step)).toBe(false);
            begun.add(step);
            for (const need of needsOf(plan, step)) expect(settled.has(need)).toBe(true);
          }
          if (FINAL.includes(status)) {
            expect(settled.has(step)).toBe(false);
            settled.add(step);
          }
        }
      }),
      { numRuns: 400 },
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

/** Keys of the instances that must be over before this one begins: its own needs, and those of what holds it. */
function needsOf(plan: Plan, key: string): string[] {
  const { id, iterations } = parseStepKey(key);
  const needs: string[] = [];
  for (let node = plan.nodes.find((candidate) => candidate.id === id); node !== undefined; ) {
    const own = iterations.slice(0, node.loops.length);
    needs.push(...node.needs.map((need) => stepKey(plan.nodes[need]!.id, own)));
    node = node.parent === null ? undefined : plan.nodes[node.parent];
  }
  return needs;
}
