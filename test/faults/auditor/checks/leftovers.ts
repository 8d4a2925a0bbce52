import type { Evidence, Violation } from '../evidence.js';

/** Nothing waits to be delivered, is held, or lies about when all runs are over. */
export function checkLeftovers({ leftovers }: Evidence): Violation[] {
  return leftovers.map(({ what, run }) => ({
    check: 'leftovers',
    run,
    expected: 'nothing left of a run that is over',
    found: what,
  }));
}
