import type { Condition, Criterion, ThresholdCriterion } from '#contracts/judgement/gate.js';
import type { AdaptedLimit } from '#contracts/judgement/gate-result.js';
import type { World } from '../evaluate/world.js';
import { formatAmount, writeCondition } from '../gate/condition.js';
import { learnLimit } from './learn-limit.js';
import { computeStrictness, tighten } from './strictness.js';

export interface AdaptedCriterion {
  /** As it is judged. */
  readonly criterion: Criterion;
  readonly adapted: readonly AdaptedLimit[];
  /** Why a limit that is to be learnt stands as written. */
  readonly notes: readonly string[];
}

/** First what earlier runs teach, then what the risk of this change asks for: the second only ever makes stricter. */
export function adaptCriterion(criterion: Criterion, world: World): AdaptedCriterion {
  if (criterion.kind !== 'threshold' || world.gate.rules === 'keptn') {
    return { criterion, adapted: [], notes: [] };
  }
  const learnt = applyLearning(criterion, world);
  const strict = applyStrictness(learnt.criterion, world);
  return {
    criterion: strict.criterion,
    adapted: describeChanges(criterion, strict.criterion, [...learnt.reasons, ...strict.reasons]),
    notes: learnt.notes,
  };
}

interface Step {
  readonly criterion: ThresholdCriterion;
  readonly reasons: readonly string[];
}

function applyLearning(
  criterion: ThresholdCriterion,
  world: World,
): Step & { readonly notes: readonly string[] } {
  const { adapt, metric, pass, warn } = criterion;
  const written = pass[0]?.[0];
  if (adapt === undefined || written === undefined) return { criterion, reasons: [], notes: [] };
  const unit = world.measurements.get(metric)?.unit ?? written.unit;
  const learning = learnLimit({ metric, written, adapt, unit, history: world.history });
  if (learning.condition === undefined) {
    return {
      criterion,
      reasons: [],
      notes: [`${criterion.name}: the limit stands as written, ${learning.reason}.`],
    };
  }
  const { condition, follow } = learning;
  return {
    criterion: { ...criterion, pass: [[condition]], warn: warn.map((set) => set.map(follow)) },
    reasons: [learning.reason],
    notes: [],
  };
}

function applyStrictness(criterion: ThresholdCriterion, { gate, risk, measurements }: World): Step {
  const share = computeStrictness(gate.strictness, risk);
  if (share === 0 || gate.strictness === undefined) return { criterion, reasons: [] };
  const unit = measurements.get(criterion.metric)?.unit;
  const stricter = (sets: ThresholdCriterion['pass']) =>
    sets.map((set) => set.map((condition) => tighten(condition, share, unit)));
  const { from, tighten: most } = gate.strictness;
  const reason = `stricter by ${formatAmount(100 * share, '%')}, since the risk is ${risk}: 0% up to ${from}, ${most}% at 100`;
  return {
    criterion: { ...criterion, pass: stricter(criterion.pass), warn: stricter(criterion.warn) },
    reasons: [reason],
  };
}

function describeChanges(
  written: ThresholdCriterion,
  used: ThresholdCriterion,
  reasons: readonly string[],
): readonly AdaptedLimit[] {
  const reason = reasons.join('; ');
  return (['pass', 'warn'] as const).flatMap((level) => {
    const changed = (condition: Condition, index: number) => condition.text !== used[level][0]?.[index]?.text;
    return (written[level][0] ?? []).flatMap((condition, index) =>
      changed(condition, index)
        ? [
            {
              criterion: written.name,
              level,
              written: condition.text,
              used: writeCondition(used[level][0]![index]!).text,
              reason,
            },
          ]
        : [],
    );
  });
}
