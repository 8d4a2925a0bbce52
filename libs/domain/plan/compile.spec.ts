import { describe, expect, it } from '@jest/globals';
import { act, planOf, planOfStages, stepsOf } from '../execution/testing/simulate-run.js';
import { TEST_ACTIONS } from '../validation/testing/actions.js';
import { withSteps } from '../validation/testing/definitions.js';
import { readDefinition } from '../validation/validate.js';
import { compile } from './compile.js';

describe('compile', () => {
  const plan = planOfStages({
    one: {
      kind: 'stage',
      steps: stepsOf({ a: act(), b: act({ needs: [] }), c: act({ needs: ['a', 'b'] }) }),
    },
    two: {
      kind: 'stage',
      steps: stepsOf({
        loop: {
          kind: 'forEach',
          forEach: {
            in: [1],
            as: 'x',
            failFast: true,
            steps: stepsOf({ d: act({}, { n: '${{ x }}', k: 1 }) }),
          },
        },
        fork: {
          kind: 'parallel',
          parallel: {
            failFast: true,
            branches: new Map([
              ['l', stepsOf({ e: act() })],
              ['r', stepsOf({ f: act() })],
            ]),
          },
        },
      }),
    },
  });

  it('numbers nodes depth first in written order, each subtree contiguous', () => {
    expect(plan.nodes.map(({ id, index, end, parent }) => [id, index, end, parent])).toEqual([
      ['one', 0, 4, null],
      ['a', 1, 2, 0],
      ['b', 2, 3, 0],
      ['c', 3, 4, 0],
      ['two', 4, 10, null],
      ['loop', 5, 7, 4],
      ['d', 6, 7, 5],
      ['fork', 7, 10, 4],
      ['e', 8, 9, 7],
      ['f', 9, 10, 7],
    ]);
  });

  it('draws edges both ways: the one above by default, none for empty needs, those named otherwise', () => {
    const edges = plan.nodes.map(({ id, needs, dependents }) => [id, needs, dependents]);
    expect(edges.slice(0, 5)).toEqual([
      ['one', [], [4]],
      ['a', [], [3]],
      ['b', [], [3]],
      ['c', [1, 2], []],
      ['two', [0], []],
    ]);
  });

  it('knows enclosing loops and branches', () => {
    const byId = Object.fromEntries(plan.nodes.map((node) => [node.id, node]));
    expect(byId['d']?.loops).toEqual([5]);
    expect([byId['e']?.branch, byId['f']?.branch]).toEqual([0, 1]);
  });

  it('splits templates from text, literals whole', () => {
    const node = plan.nodes.find(({ id }) => id === 'd');
    expect(node?.kind === 'uses' && node.with).toEqual({
      kind: 'map',
      entries: [
        ['n', { kind: 'expression', expression: { dialect: 'cel', source: 'x' } }],
        ['k', { kind: 'literal', value: 1 }],
      ],
    });
  });

  it('gives actions the defaults, containers their own limits only', () => {
    const { nodes } = planOf(
      { a: act(), b: act({ timeout: '5s', retry: { attempts: 2 } }), s: { kind: 'set', set: {} } },
      { defaults: { timeout: '10m', retry: { attempts: 3, delay: '2s', factor: 3, maxDelay: '1m' } } },
    );
    expect(nodes.map(({ id, timeoutMs, retry }) => [id, timeoutMs, retry])).toEqual([
      ['main', undefined, undefined],
      ['a', 600_000, { attempts: 3, delayMs: 2_000, factor: 3, maxDelayMs: 60_000 }],
      ['b', 5_000, { attempts: 2, delayMs: 1_000, factor: 2, maxDelayMs: 300_000 }],
      ['s', undefined, undefined],
    ]);
  });

  it('makes a node of its own of a compensation, after the step and in no block', () => {
    const compensate = { uses: 'test/do', with: { x: '${{ steps.a.output }}' } };
    const { nodes, root } = planOf(
      {
        l: {
          kind: 'forEach',
          compensate: { uses: 'test/do', with: {}, timeout: '1s' },
          forEach: {
            in: [1],
            as: 'x',
            failFast: true,
            steps: stepsOf({ a: act({ compensate, pool: 'far' } as object), b: act() }),
          },
        },
        c: act(),
      },
      { defaults: { timeout: '1m', retry: { attempts: 2 } } },
    );
    expect(nodes.map(({ id, index, end, parent, loops }) => [id, index, end, parent, loops])).toEqual([
      ['main', 0, 7, null, []],
      ['l', 1, 5, 0, []],
      ['a', 2, 3, 1, [1]],
      ['a:compensate', 3, 4, 1, [1]],
      ['b', 4, 5, 1, [1]],
      ['l:compensate', 5, 6, 0, []],
      ['c', 6, 7, 0, []],
    ]);
    expect(root.nodes).toEqual([0]);
    expect(nodes[1]).toMatchObject({ compensate: 5, block: { nodes: [2, 4] }, dependents: [6] });
    expect(nodes[3]).toMatchObject({
      kind: 'uses',
      compensates: 2,
      needs: [],
      dependents: [],
      timeoutMs: 60_000,
      retry: { attempts: 2 },
      pool: 'far',
      with: { kind: 'map' },
    });
    expect(nodes[5]).toMatchObject({ compensates: 1, timeoutMs: 1_000 });
    expect(nodes[5]).not.toHaveProperty('pool');
  });

  it('counts the blocks of a try from its body to finally, and turns of a loop as those of a forEach', () => {
    const { nodes } = planOf({
      t: {
        kind: 'try',
        try: {
          steps: stepsOf({ a: act() }),
          catch: [
            { errors: ['auth'], as: 'error', steps: stepsOf({ b: act() }) },
            { as: 'e', steps: stepsOf({ c: act() }) },
          ],
          finally: stepsOf({
            l: {
              kind: 'loop',
              loop: {
                as: 'turn',
                until: 'turn.index > 2',
                max: 5,
                delay: '2s',
                steps: stepsOf({ d: act() }),
              },
            },
          }),
        },
      },
    });
    expect(nodes.map(({ id, branch, loops }) => [id, branch, loops])).toEqual([
      ['main', 0, []],
      ['t', 0, []],
      ['a', 0, []],
      ['b', 1, []],
      ['c', 2, []],
      ['l', 3, []],
      ['d', 0, [5]],
    ]);
    expect(nodes[1]).toMatchObject({
      block: { nodes: [2] },
      catches: [
        { errors: ['auth'], as: 'error', block: { nodes: [3] } },
        { as: 'e', block: { nodes: [4] } },
      ],
      finally: { nodes: [5] },
    });
    expect(nodes[5]).toMatchObject({ max: 5, delayMs: 2_000, until: { source: 'turn.index > 2' } });
  });

  it('knows which conditions ask for a rejection: they name an approval, wherever it stands, or ask the status', () => {
    const approval = {
      by: ['x'],
      quorum: 1,
      onExpiry: 'fail',
      onReject: 'stop',
      selfApproval: false,
    } as const;
    const { nodes } = planOf({
      a: { kind: 'set', set: {}, needs: ['ok'], if: 'steps.ok.output.decision == "rejected"' },
      ok: { kind: 'approval', approval, needs: [] },
      b: { kind: 'set', set: {}, if: 'steps.a.status == "x"' },
      c: { kind: 'set', set: {}, if: 'always()' },
    });
    expect(nodes.map(({ id, ifHandlesRejection }) => [id, ifHandlesRejection])).toEqual([
      ['main', undefined],
      ['a', true],
      ['ok', undefined],
      ['b', undefined],
      ['c', true],
    ]);
    expect(nodes[4]?.ifHandlesFailure).toBe(true);
  });

  it('keeps claims, priority, and the group of the run', () => {
    const plan = planOf(
      {
        a: act({
          locks: ['db', 'x-${{ run.id }}'],
          resources: { pool: 'big', cpu: 2, memory: 1024 },
          priority: 1,
        }),
        b: act({ locks: [] }),
      },
      { concurrency: { group: '${{ inputs.x }}', policy: 'reject' } },
    );
    expect(plan.nodes[1]).toMatchObject({
      priority: 1,
      claims: {
        locks: [{ kind: 'literal', value: 'db' }, { kind: 'text' }],
        resources: { pool: 'big', amounts: { cpu: 2, memory: 1024 } },
      },
    });
    expect(plan.nodes[2]).not.toHaveProperty('claims');
    expect(plan.concurrency).toMatchObject({ group: { kind: 'expression' }, policy: 'reject' });
  });

  it('names the version of every workflow that is called', () => {
    const calls = (name: string, version?: number) => ({
      kind: 'workflow' as const,
      workflow: { name, inputs: {}, ...(version === undefined ? {} : { version }) },
    });
    const { definition } = readDefinition(
      'sluice: 1\nname: own\nstages: { s: { steps: { a: { workflow: { name: other } }, b: { workflow: { name: other, version: 2 } }, c: { workflow: { name: own } }, d: { workflow: { name: other, version: stable } } } } }',
      new Map(),
    );
    const versions = (versionOf: (name: string, named?: string) => number | undefined) =>
      compile(definition!, new Map(), versionOf).nodes.flatMap((node) =>
        node.kind === 'workflow' ? [node.version] : [],
      );
    expect(versions((name, named) => (name === 'other' ? (named === 'stable' ? 5 : 7) : undefined))).toEqual([
      7, 2, 1, 5,
    ]);
    expect(versions(() => 4)).toEqual([4, 2, 4, 4]);
    expect(() => versions((_, named) => (named === undefined ? 1 : undefined))).toThrow('other');
    expect(() => planOf({ a: calls('other') })).toThrow('other');
  });

  it('runs an inline action without a queue, unless a pool of workers is named', () => {
    const inline = (step: string) => {
      const { definition } = readDefinition(withSteps(step), TEST_ACTIONS);
      const node = compile(definition!, TEST_ACTIONS).nodes[1];
      return node?.kind === 'uses' && [node.inline, node.pool];
    };
    expect(inline('a: { uses: note/add }')).toEqual([true, undefined]);
    expect(inline('a: { uses: note/add, pool: x }')).toEqual([undefined, 'x']);
    expect(inline('a: { uses: command/run, with: { run: [x] } }')).toEqual([undefined, undefined]);
  });

  it('digests what is meant: key order of maps and repeated compiling change nothing, a changed value does', () => {
    const digest = (input: Record<string, number>) => planOf({ a: act({}, input) }).digest;
    expect(digest({ x: 1 })).toBe(digest({ x: 1 }));
    expect(digest({ x: 1 })).not.toBe(digest({ x: 2 }));
    expect(digest({ x: 1 })).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});
