import { type Evidence, stepIdOf, type Violation } from '../evidence.js';
import type { EffectEntry } from '../ledger/entries.js';

/** What must come first is done before the other begins, and does not begin again after that, but for late repeats. */
export function checkOrder({ ledger, order, lateRepeats }: Evidence): Violation[] {
  return [...Map.groupBy(ledger.effects, ({ run }) => run).values()].flatMap((effects) =>
    order.flatMap(([earlier, later]) => {
      const { early, again } = checkPair(effects, earlier, later);
      return lateRepeats ? early : [...early, ...again];
    }),
  );
}

interface PairViolations {
  /** The later one did not wait. */
  readonly early: readonly Violation[];
  /** The earlier one began once more. */
  readonly again: readonly Violation[];
}

function checkPair(effects: readonly EffectEntry[], earlier: string, later: string): PairViolations {
  const begun = effects.find(({ kind, step }) => kind === 'begin' && stepIdOf(step) === later);
  if (begun === undefined) return { early: [], again: [] };
  const { run, step, sequence } = begun;
  const violation = (expected: string, found: string) => ({ check: 'order', run, step, expected, found });
  const before = effects.filter((entry) => stepIdOf(entry.step) === earlier);
  const steps = [...Map.groupBy(before, (entry) => entry.step)];
  if (steps.length === 0)
    return { early: [violation(`${earlier} before ${step}`, `no ${earlier}`)], again: [] };
  const early = steps.flatMap(([key, entries]) => {
    const ended = entries.find(({ kind }) => kind === 'end');
    if (ended !== undefined && ended.sequence < sequence) return [];
    return [violation(`${key} done before ${step} begins`, ended?.at ?? 'it is not done')];
  });
  const again = before
    .filter((entry) => entry.kind === 'begin' && entry.sequence > sequence)
    .map((entry) => violation(`no more of ${entry.step} once ${step} has begun`, `again at ${entry.at}`));
  return { early, again };
}
