import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { computeCriticalPath } from './critical-path.js';
import { findCycles } from './cycle.js';
import type { Graph } from './graph.js';
import { orderTopologically } from './order.js';

function graphOf(needs: Readonly<Record<string, readonly string[]>>): Graph<string> {
  return { nodes: Object.keys(needs), needs: (node) => needs[node] ?? [] };
}

function chain(length: number): Graph<number> {
  return {
    nodes: Array.from({ length }, (_, index) => index),
    needs: (node) => (node === 0 ? [] : [node - 1]),
  };
}

/** Any graph of up to twelve nodes, circles and needs of itself included. */
const anyGraph = fc
  .array(fc.array(fc.nat(11), { maxLength: 4 }), { maxLength: 12 })
  .map(
    (rows): Graph<number> => ({ nodes: rows.map((_, index) => index), needs: (node) => rows[node] ?? [] }),
  );

/** Any graph without circles: needs point to nodes before. */
const anyAcyclic = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 12 }).map(
  (rows): Graph<number> => ({
    nodes: rows.map((_, index) => index),
    needs: (node) => (node === 0 ? [] : rows[node]!.map((need) => need % node)),
  }),
);

describe('orderTopologically', () => {
  it('puts each node after its needs and keeps the written order otherwise', () => {
    expect(orderTopologically(graphOf({ c: ['a'], a: [], b: [], d: ['c', 'b'] }))).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  it('leaves out circles and what is behind them', () => {
    expect(orderTopologically(graphOf({ a: [], b: ['c'], c: ['b'], d: ['c', 'a'] }))).toEqual(['a']);
  });

  it('ignores needs that are no nodes', () => {
    expect(orderTopologically(graphOf({ a: ['elsewhere'] }))).toEqual(['a']);
  });

  it('orders every acyclic graph whole', () => {
    fc.assert(
      fc.property(anyAcyclic, (graph) => {
        const ordered = orderTopologically(graph);
        const place = new Map(ordered.map((node, index) => [node, index]));
        expect(ordered).toHaveLength(graph.nodes.length);
        for (const node of graph.nodes) {
          for (const need of graph.needs(node)) expect(place.get(need)!).toBeLessThan(place.get(node)!);
        }
      }),
    );
  });
});

describe('findCycles', () => {
  it.each([
    ['none', { a: [], b: ['a'] }, []],
    ['a node that needs itself', { a: ['a'] }, [['a', 'a']]],
    ['two', { a: ['b'], b: ['a'] }, [['a', 'b', 'a']]],
    ['the shortest through the first node', { a: ['b', 'c'], b: ['c'], c: ['a'] }, [['a', 'c', 'a']]],
    [
      'one for each group',
      { a: ['b'], b: ['a'], c: ['d', 'a'], d: ['c'] },
      [
        ['a', 'b', 'a'],
        ['c', 'd', 'c'],
      ],
    ],
    ['not what is behind one', { z: ['a'], a: ['b'], b: ['a'] }, [['a', 'b', 'a']]],
  ])('finds %s', (_, needs, cycles) => {
    expect(findCycles(graphOf(needs))).toEqual(cycles);
  });

  it('finds real circles, and finds one exactly where an order is missing', () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const cycles = findCycles(graph);
        for (const cycle of cycles) {
          expect(cycle.at(-1)).toBe(cycle[0]);
          for (let at = 1; at < cycle.length; at++) expect(graph.needs(cycle[at - 1]!)).toContain(cycle[at]);
        }
        expect(cycles.length === 0).toBe(orderTopologically(graph).length === graph.nodes.length);
      }),
    );
  });

  it('follows a circle of 100,000 nodes', () => {
    const { nodes, needs } = chain(100_000);
    const ring = { nodes, needs: (node: number) => (node === 0 ? [99_999] : needs(node)) };
    expect(findCycles(ring).map((cycle) => cycle.length)).toEqual([100_001]);
  });
});

describe('computeCriticalPath', () => {
  const weights: Readonly<Record<string, number>> = { a: 5, b: 1, c: 3, d: 2 };
  const weigh = (node: string) => weights[node]!;

  it.each([
    ['nothing', {}, [], 0],
    ['the heaviest of nodes side by side', { b: [], a: [], c: [] }, ['a'], 5],
    ['the heavier side of a diamond', { a: [], b: ['a'], c: ['a'], d: ['b', 'c'] }, ['a', 'c', 'd'], 10],
    ['no circle', { a: ['b'], b: ['a'], c: [], d: ['c'] }, ['c', 'd'], 5],
  ])('takes %s', (_, needs, path, ms) => {
    expect(computeCriticalPath(graphOf(needs), weigh)).toEqual({ path, ms });
  });

  it('weighs no chain more than it does', () => {
    fc.assert(
      fc.property(anyAcyclic, (graph) => {
        const weight = (node: number) => (node * 7) % 5;
        const { path, ms } = computeCriticalPath(graph, weight);
        expect(path.reduce((sum, node) => sum + weight(node), 0)).toBe(ms);
        const longest = (node: number): number =>
          weight(node) + Math.max(0, ...graph.needs(node).map((need) => longest(need)));
        expect(ms).toBe(Math.max(0, ...graph.nodes.map(longest)));
      }),
    );
  });

  it('walks a chain of 100,000 nodes', () => {
    expect(computeCriticalPath(chain(100_000), () => 1).ms).toBe(100_000);
  });
});
