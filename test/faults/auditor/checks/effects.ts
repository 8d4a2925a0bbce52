import { type Evidence, groupEffects, type ProjectedRun, stepIdOf, type Violation } from '../evidence.js';
import type { EffectEntry } from '../ledger/entries.js';

const check = 'effects';

/**
 * Each step that succeeded did its work, under one key that is no other's, and at most as often as attempts of it are
 * known. What did not run did nothing.
 */
export function checkEffects({ ledger, runs, telling }: Evidence): Violation[] {
  const groups = groupEffects(ledger.effects);
  const known = new Map(runs.map((run) => [run.id, run]));
  const done = new Set(
    ledger.effects.filter(({ kind }) => kind === 'end').map(({ run, step }) => `${run}/${step}`),
  );
  return [
    ...groups.flatMap((entries) => checkStep(entries, known.get(entries[0]!.run))),
    ...findShared(ledger.effects),
    ...runs.flatMap((run) => findMissing(run, telling, done)),
  ];
}

function checkStep(entries: readonly EffectEntry[], projected: ProjectedRun | undefined): Violation[] {
  const { run, step } = entries[0]!;
  const violation = (expected: string, found: string): Violation => ({ check, run, step, expected, found });
  if (projected === undefined) return [violation('effects of runs that there are', 'one of an unknown run')];
  const attempts = projected.attempts[step] ?? 0;
  const status = projected.steps[step]?.status ?? 'not run';
  const began = entries.filter(({ kind }) => kind === 'begin').length;
  const keys = new Set(entries.map(({ key }) => key));
  const violations: Violation[] = [];
  if (keys.size > 1) violations.push(violation('one idempotency key', [...keys].join(', ')));
  if (['skipped', 'not run'].includes(status))
    violations.push(violation(`no effect of a step that is ${status}`, `${began}`));
  else if (began > attempts)
    violations.push(violation(`at most one effect for each of ${attempts} attempts`, `${began}`));
  return violations;
}

/** A key names one step of one run: whoever keeps to it would take the other's effect for a repetition. */
function findShared(effects: readonly EffectEntry[]): Violation[] {
  return [...Map.groupBy(effects, ({ key }) => key).values()].flatMap((entries) => {
    const [first, ...others] = [...new Set(entries.map(({ run, step }) => `${run}/${step}`))];
    if (others.length === 0) return [];
    const { run, step, key } = entries[0]!;
    return [{ check, run, step, expected: `the key ${key} for ${first} alone`, found: others.join(', ') }];
  });
}

function findMissing(
  { id, steps }: ProjectedRun,
  telling: readonly string[],
  done: ReadonlySet<string>,
): Violation[] {
  return Object.entries(steps)
    .filter(([step, { status }]) => status === 'succeeded' && telling.includes(stepIdOf(step)))
    .filter(([step]) => !done.has(`${id}/${step}`))
    .map(([step]) => ({
      check,
      run: id,
      step,
      expected: 'an effect of a step that succeeded',
      found: 'none',
    }));
}
