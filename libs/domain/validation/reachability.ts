import type { Graph } from '../graph/graph.js';
import { orderTopologically } from '../graph/order.js';

/** One question: does `target` end before `from` starts? */
export interface OrderQuestion {
  readonly from: number;
  readonly target: number;
}

/** Targets answered in one walk over the graph: the bits of a number. */
const BATCH = 32;

/**
 * The questions whose answer is no: `from` does not wait for `target`, directly or through others. Asks about 32 targets
 * in one linear walk, so many questions about a long chain stay cheap. Nodes in a circle, and behind one, are not judged.
 */
export function findUnordered<Q extends OrderQuestion>(graph: Graph<number>, questions: readonly Q[]): Q[] {
  const ordered = orderTopologically(graph);
  const place = new Map(ordered.map((node, index) => [node, index]));
  const needs = ordered.map((node) => graph.needs(node).map((need) => place.get(need)!));
  const byTarget = new Map<number, Q[]>();
  for (const question of questions) {
    const known = byTarget.get(question.target);
    if (known === undefined) byTarget.set(question.target, [question]);
    else known.push(question);
  }
  const targets = [...byTarget.keys()].filter((target) => place.has(target));
  const unordered: Q[] = [];
  const waitsFor = new Int32Array(ordered.length);
  for (let first = 0; first < targets.length; first += BATCH) {
    const batch = targets.slice(first, first + BATCH);
    waitsFor.fill(0);
    const own = new Map(batch.map((target, bit) => [place.get(target)!, 1 << bit]));
    // Nothing before the first target in the order can wait for any of them.
    for (let index = Math.min(...own.keys()); index < ordered.length; index++) {
      let bits = 0;
      for (const need of needs[index]!) bits |= waitsFor[need]! | (own.get(need) ?? 0);
      waitsFor[index] = bits;
    }
    for (const [bit, target] of batch.entries()) {
      for (const question of byTarget.get(target)!) {
        const from = place.get(question.from);
        if (from !== undefined && (waitsFor[from]! & (1 << bit)) === 0) unordered.push(question);
      }
    }
  }
  return unordered;
}
