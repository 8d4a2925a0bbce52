import { describe, expect, it } from '@jest/globals';
import { act, planOf, planOfStages, stepsOf } from '../execution/testing/simulate-run.js';

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

  it('digests what is meant: key order of maps and repeated compiling change nothing, a changed value does', () => {
    const digest = (input: Record<string, number>) => planOf({ a: act({}, input) }).digest;
    expect(digest({ x: 1 })).toBe(digest({ x: 1 }));
    expect(digest({ x: 1 })).not.toBe(digest({ x: 2 }));
    expect(digest({ x: 1 })).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});
