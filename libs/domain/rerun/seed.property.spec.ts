import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stepKey } from '../execution/instance.js';
import type { Plan } from '../plan/plan.js';
import { computeSeed } from './seed.js';
import { type StepSketch, sketchPlan } from './testing/plans.js';

const done = (output?: string) => ({ status: 'succeeded', ...(output === undefined ? {} : { output }) });
const failed = { status: 'failed' };

describe('the seed of any run', () => {
  const STATUSES = [
    done('x'),
    done(),
    failed,
    { status: 'canceled' },
    { status: 'skipped', skipped: 'condition' },
    { status: 'skipped', skipped: 'upstream-failed' },
  ] as const;

  /** Any nesting; needs only of steps above. */
  const blockOf = (depth: number): fc.Arbitrary<StepSketch[]> =>
    fc
      .array(
        fc.record({
          kind: fc.constantFrom(
            'uses',
            'uses',
            ...(depth > 0 ? (['stage', 'forEach', 'loop', 'parallel', 'try'] as const) : []),
          ),
          needs: fc.array(fc.nat(5), { maxLength: 2 }),
          blocks:
            depth > 0
              ? fc.array(
                  fc.constant(null).chain(() => blockOf(depth - 1)),
                  { minLength: 1, maxLength: 3 },
                )
              : fc.constant([]),
        }) as fc.Arbitrary<{ kind: StepSketch['kind']; needs: number[]; blocks: StepSketch[][] }>,
        { minLength: 1, maxLength: 4 },
      )
      .map((drafts) =>
        drafts.map(({ kind, needs, blocks }, index) => ({
          id: `${index}`,
          kind: kind!,
          needs: index === 0 ? [] : [...new Set(needs.map((need) => `${need % index}`))],
          blocks: kind === 'uses' ? [] : blocks,
        })),
      );
  const named = (steps: readonly StepSketch[], prefix: string): StepSketch[] =>
    steps.map((step) => ({
      ...step,
      id: `${prefix}${step.id}`,
      needs: step.needs!.map((need) => `${prefix}${need}`),
      blocks: step.blocks!.map((block, number) => named(block, `${prefix}${step.id}b${number}-`)),
    }));
  const anyPlan = blockOf(2).map((steps) => sketchPlan(named(steps, 's')));
  const turnsOf = (plan: Plan, index: number): string[] =>
    plan.nodes[index]!.loops.reduce<number[][]>(
      (all) =>
        all.flatMap((its) => [
          [...its, 0],
          [...its, 1],
        ]),
      [[]],
    ).map((its) => stepKey(plan.nodes[index]!.id, its));
  const anyRun = anyPlan.chain((plan) => {
    const all = plan.nodes.flatMap((node) => turnsOf(plan, node.index));
    return fc.record({
      plan: fc.constant(plan),
      steps: fc
        .array(fc.constantFrom(...STATUSES), { minLength: all.length, maxLength: all.length })
        .map((states) => Object.fromEntries(all.map((key, index) => [key, states[index]!]))),
      from: fc.constantFrom(...all),
    });
  });

  /** Everything that comes after the step, by needs, in its block and in those of its containers. */
  function after(plan: Plan, from: string): (key: string) => boolean {
    const [id, ...rest] = from.split('[');
    const iterations = rest.map((part) => Number.parseInt(part, 10));
    const ranges: { index: number; end: number; iterations: number[] }[] = [];
    for (
      let node = plan.nodes.find((known) => known.id === id);
      node !== undefined;
      node = node.parent === null ? undefined : plan.nodes[node.parent]
    ) {
      const queue = [...node.dependents];
      for (const index of queue) queue.push(...plan.nodes[index]!.dependents);
      const its = iterations.slice(0, node.loops.length);
      for (const index of queue) ranges.push({ index, end: plan.nodes[index]!.end, iterations: its });
    }
    return (key) => {
      const [keyId, ...keyRest] = key.split('[');
      const { index } = plan.nodes.find((node) => node.id === keyId)!;
      const its = keyRest.map((part) => Number.parseInt(part, 10));
      return ranges.some(
        (range) =>
          range.index <= index && index < range.end && range.iterations.every((n, d) => its[d] === n),
      );
    };
  }

  it('holds neither where it begins, nor what comes after, nor what holds it, nor what did not succeed', () => {
    fc.assert(
      fc.property(anyRun, ({ plan, steps, from }) => {
        const result = computeSeed({ oldPlan: plan, newPlan: plan, steps, from });
        if (!result.ok) throw new Error(JSON.stringify(result.findings));
        const isAfter = after(plan, from);
        const holders: string[] = [];
        for (
          let { parent } = plan.nodes.find((node) => node.id === from.split('[')[0])!;
          parent !== null;
          parent = plan.nodes[parent]!.parent
        ) {
          holders.push(plan.nodes[parent]!.id);
        }
        for (const [key, seeded] of Object.entries(result.seed)) {
          expect(key).not.toBe(from);
          expect(isAfter(key)).toBe(false);
          expect(steps[key]!.status).toBe(seeded.status);
          expect(seeded.skipped ?? 'condition').toBe('condition');
        }
        const its = from.match(/\d+(?=\])/g)?.map(Number) ?? [];
        for (const id of holders) {
          const node = plan.nodes.find((known) => known.id === id)!;
          expect(result.seed).not.toHaveProperty([stepKey(id, its.slice(0, node.loops.length))]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('holds everything of one in which everything succeeded', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const steps = Object.fromEntries(
          plan.nodes.flatMap((node) => turnsOf(plan, node.index)).map((key) => [key, done(key)]),
        );
        expect(computeSeed({ oldPlan: plan, newPlan: plan, steps })).toEqual({ ok: true, seed: steps });
      }),
    );
  });
});
