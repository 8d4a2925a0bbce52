import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planTasks } from '../front-ends/open-workflow/testing/run-tasks.js';
import type { JsonObject } from '../json.js';
import { simulateRun } from './testing/simulate-run.js';

/** Tasks of a list, named when the tree is numbered. */
type Task = {
  readonly kind: string;
  readonly lists: readonly (readonly Task[])[];
  readonly then: string | number;
};

const LEAVES = ['set', 'call', 'wait', 'raise', 'emit', 'skipped'] as const;
const CONTAINERS = ['do', 'fork', 'compete', 'for', 'try'] as const;

function tasksWithin(depth: number): fc.Arbitrary<readonly Task[]> {
  const kinds = depth === 0 ? LEAVES : [...LEAVES, ...CONTAINERS];
  const task: fc.Arbitrary<Task> = fc.record({
    kind: fc.constantFrom(...kinds),
    lists: depth === 0 ? fc.constant([]) : fc.array(tasksWithin(depth - 1), { minLength: 2, maxLength: 2 }),
    then: fc.oneof(
      { weight: 6, arbitrary: fc.constant('continue') },
      fc.constantFrom('exit', 'end'),
      fc.nat(3),
    ),
  });
  return fc.array(task, { minLength: 1, maxLength: 4 });
}

function write(list: readonly Task[], prefix: string): JsonObject[] {
  return list.map(({ kind, lists, then }, at) => {
    const name = `${prefix}${at}`;
    // A branch has none beside it to go on with.
    const branches = () =>
      write(
        (lists[0] ?? []).map((one) => ({
          ...one,
          then: typeof one.then === 'number' ? 'continue' : one.then,
        })),
        `${name}a`,
      );
    const inner = (which: number) => write(lists[which] ?? [], `${name}${'ab'[which]}`);
    // Only onwards, so that each list comes to its end.
    const target =
      typeof then === 'number'
        ? at + 1 + then < list.length
          ? `${prefix}${at + 1 + then}`
          : 'continue'
        : then;
    const body: Record<string, JsonObject> = {
      set: { set: { from: name, n: '${ (.n // 0) + 1 }' } },
      call: { call: 'http', with: { method: 'get', endpoint: 'http://x/{n}' } },
      wait: { wait: { seconds: at } },
      raise: { raise: { error: { type: 'https://x/y', status: 400 } } },
      emit: { emit: { event: { with: { type: 'a' } } } },
      skipped: { if: 'false', set: { never: true } },
      do: { do: inner(0) },
      fork: { fork: { branches: branches() } },
      compete: { fork: { branches: branches(), compete: true } },
      for: { for: { in: '[1, 2, 3]' }, do: inner(0) },
      try: { try: inner(0), catch: { do: inner(1) } },
    };
    return { [name]: { ...body[kind]!, then: target } };
  });
}

it('comes to an end in every order in which things outside end, and hands over only what is there', () => {
  fc.assert(
    fc.property(tasksWithin(3), fc.array(fc.nat(100), { minLength: 1 }), (list, choices) => {
      const plan = planTasks(`do: ${JSON.stringify(write(list, 't'))}`);
      let at = 0;
      const { state, transitions } = simulateRun(
        plan,
        { n: 0 },
        {
          act: (_, input) =>
            String(input['url']).endsWith('3')
              ? { error: { class: 'unknown', code: 'x', message: 'x' } }
              : { output: { body: { n: 1 } } },
          choose: (pending) => choices[at++ % choices.length]! % pending.length,
        },
      );
      expect(['succeeded', 'failed']).toContain(state.status);
      expect(state.frames).toEqual({});
      expect(Object.values(state.steps).filter(({ status }) => status === 'running')).toEqual([]);
      if (state.status === 'failed') expect(state.error?.problem?.instance).toMatch(/^\/do\//);
      else expect(state.output).not.toBeUndefined();
      expect(JSON.stringify(state.output ?? null)).not.toContain('never');
      expect(transitions.map(({ sequence }) => sequence)).toEqual(
        transitions.map(({ sequence }) => sequence).toSorted((a, b) => a - b),
      );
      expect(JSON.parse(JSON.stringify(state))).toEqual({ ...state });
    }),
    { numRuns: 300 },
  );
});
