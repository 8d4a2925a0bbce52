import { type Evidence, stepIdOf, type Violation } from '../evidence.js';
import type { EffectEntry } from '../ledger/entries.js';

/** What must come first is done before the other begins, and does not begin again after that. */
export function checkOrder({ ledger, order }: Evidence): Violation[] {
  return [...Map.groupBy(ledger.effects, ({ run }) => run).values()].flatMap((effects) =>
    order.flatMap(([earlier, later]) => checkPair(effects, earlier, later)),
  );
}

function checkPair(effects: readonly EffectEntry[], earlier: string, later: string): Violation[] {
  const begun = effects.find(({ kind, step }) => kind === 'begin' && stepIdOf(step) === later);
  if (begun === undefined) return [];
  const before = effects.filter(({ step }) => stepIdOf(step) === earlier);
  const violation = (expected: string, found: string): Violation => ({
    check: 'order',
    run: begun.run,
    step: begun.step,
    expected,
    found,
  });
  const steps = [...Map.groupBy(before, ({ step }) => step)];
  if (steps.length === 0) return [violation(`${earlier} before ${begun.step}`, `no ${earlier}`)];
  return steps.flatMap(([step, entries]) => {
    const ended = entries.find(({ kind }) => kind === 'end');
    const again = entries.find(({ kind, sequence }) => kind === 'begin' && sequence > begun.sequence);
    return [
      ...(ended === undefined || ended.sequence > begun.sequence
        ? [violation(`${step} done before ${begun.step} begins`, ended?.at ?? 'it is not done')]
        : []),
      ...(again === undefined
        ? []
        : [violation(`no more of ${step} once ${begun.step} has begun`, `again at ${again.at}`)]),
    ];
  });
}
