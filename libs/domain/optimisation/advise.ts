import type { Definition } from '../definition/definition.js';
import type { Plan } from '../plan/plan.js';
import type { Advice } from './advice.js';
import { adviseOrder } from './advise-order.js';
import { adviseParallel } from './advise-parallel.js';
import { adviseRetries } from './advise-retries.js';
import { adviseTimeouts } from './advise-timeouts.js';
import { readFacts } from './definition-facts.js';
import { LEAST_RUNS } from './estimate.js';
import type { RecordedRun } from './recorded-run.js';

export interface AdviceReport {
  /** Runs that were looked at, succeeded and failed. */
  readonly runs: number;
  readonly succeeded: number;
  /** Whether these are enough to advise at all. */
  readonly conclusive: boolean;
  /** By what they bring: time, then runs saved, then what only limits a harm. */
  readonly items: readonly Advice[];
}

/** What to change in a definition, by the runs that were recorded, newest first. `version` is that of the Plan. */
export function adviseWorkflow(
  plan: Plan,
  definition: Definition,
  version: number,
  runs: readonly RecordedRun[],
): AdviceReport {
  const facts = readFacts(definition);
  const conclusive = runs.length >= LEAST_RUNS;
  const found = conclusive
    ? [
        ...adviseParallel(plan, facts, runs, version),
        ...adviseOrder(plan, facts, runs),
        ...adviseRetries(plan, facts, runs),
        ...adviseTimeouts(plan, facts, runs),
      ]
    : [];
  return {
    runs: runs.length,
    succeeded: runs.filter(({ succeeded }) => succeeded).length,
    conclusive,
    items: found.sort(
      (a, b) => b.gain.time.mean - a.gain.time.mean || (b.gain.saves?.mean ?? 0) - (a.gain.saves?.mean ?? 0),
    ),
  };
}
