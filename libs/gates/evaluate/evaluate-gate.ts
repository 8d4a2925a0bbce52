import type { Criterion, Gate } from '#contracts/judgement/gate.js';
import type { CriterionResult, GateResult } from '#contracts/judgement/gate-result.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import { adaptCriterion } from '../adaptive/adapt-criterion.js';
import { formatAmount, MAX_AMOUNT } from '../gate/condition.js';
import type { History } from '../gate/read-history.js';
import { createPolicyScope, judgePolicy, type PolicyScope } from './policy.js';
import { judgeStatistical } from './statistical.js';
import { judgeThreshold } from './threshold.js';
import { callCriterion, canDecide, computeTotal, describeThresholds, type Total } from './total.js';
import { judgeTrend } from './trend.js';
import type { Judgement, World } from './world.js';

export interface GateInputs {
  readonly measurements: readonly Measurement[];
  readonly history: History;
  /** 0 to 100. */
  readonly risk?: number;
  /** ISO 8601, UTC; becomes part of the result, and decides nothing. */
  readonly at: string;
}

/** What a gate says of a change: the same inputs, the same bytes. No clock, no chance, nothing from outside. */
export function evaluateGate(gate: Gate, inputs: GateInputs): GateResult {
  const { history, risk, at } = inputs;
  const world: World = {
    gate,
    measurements: indexMeasurements(inputs.measurements),
    history: history.runs,
    ...(risk === undefined ? {} : { risk }),
  };
  const scope = createPolicyScope(world);
  const adaptations = gate.criteria.map((criterion) => adaptCriterion(criterion, world));
  const criteria = adaptations.map(({ criterion }) =>
    createResult(criterion, judge(criterion, world, scope)),
  );
  const total = computeTotal(gate, criteria);
  return {
    gate: gate.name,
    ...(gate.type === undefined ? {} : { type: gate.type }),
    at,
    outcome: total.outcome,
    score: total.score,
    reachable: total.reachable,
    thresholds: gate.total,
    ...(risk === undefined ? {} : { risk }),
    criteria,
    adapted: adaptations.flatMap(({ adapted }) => adapted),
    notes: [...history.notes, ...adaptations.flatMap(({ notes }) => notes), ...noteRisk(world)],
    text: describeTotal(gate, criteria, total),
    wouldChange: total.wouldChange,
  };
}

function noteRisk({ gate, risk }: World): readonly string[] {
  if (gate.strictness === undefined || risk !== undefined) return [];
  return [
    'The gate grows stricter with the risk, and no risk was given: limits are no stricter than written.',
  ];
}

/** What was measured twice, or is beyond all measure, is not known. */
function indexMeasurements(measurements: readonly Measurement[]): ReadonlyMap<string, Measurement> {
  const index = new Map<string, Measurement>();
  for (const measurement of measurements) {
    const { metric, source, value = 0, samples = [], baseline = [] } = measurement;
    const numbers = [value, ...samples, ...baseline];
    const missing = index.has(metric) ? TWICE : numbers.every(isExact) ? undefined : BEYOND;
    index.set(metric, missing === undefined ? measurement : { metric, source, missing });
  }
  return index;
}

function isExact(value: number): boolean {
  return Math.abs(value) <= MAX_AMOUNT;
}

const TWICE = {
  code: 'metric-twice',
  message: 'It was given twice.',
  hint: 'Give it by one source only.',
} as const;

function judge(criterion: Criterion, world: World, scope: PolicyScope): Judgement {
  switch (criterion.kind) {
    case 'threshold':
      return judgeThreshold(criterion, world);
    case 'statistical':
      return judgeStatistical(criterion, world);
    case 'trend':
      return judgeTrend(criterion, world);
    case 'policy':
      return judgePolicy(criterion, scope);
  }
}

const BEYOND = {
  code: 'metric-not-exact',
  message: 'It is no finite number, or one beyond ±(2^53 − 1), which would lose digits.',
  hint: 'Measure it in a larger unit.',
} as const;

/** With its weight, and with what the gate says of what may be missing. */
function createResult(criterion: Criterion, judgement: Judgement): CriterionResult {
  const { name, title, kind, weight, key, missing } = criterion;
  const unknown = judgement.outcome === 'inconclusive';
  const outcome = unknown && missing === 'fail' ? 'fail' : judgement.outcome;
  const words = {
    fail: ' What is missing counts as failed.',
    ignore: ' It may be missing.',
    inconclusive: '',
  };
  const { wouldChange, text, expected, ...numbers } = judgement;
  return {
    name,
    ...(title === undefined ? {} : { title }),
    kind,
    ...('metric' in criterion ? { metric: criterion.metric } : {}),
    ...numbers,
    outcome,
    expected,
    weight,
    points: outcome === 'pass' ? weight : outcome === 'warn' ? weight / 2 : 0,
    counted: outcome !== 'info' && !(unknown && missing === 'ignore'),
    key,
    text: unknown ? `${text}${words[missing]}` : text,
    ...(wouldChange === undefined ? {} : { wouldChange }),
  };
}

const VERBS = {
  pass: 'passes',
  warn: 'passes with a warning',
  fail: 'fails',
  inconclusive: 'is inconclusive',
} as const;

function describeTotal(gate: Gate, criteria: readonly CriterionResult[], total: Total): string {
  const counted = criteria.filter((each) => each.counted);
  const start = `The gate ${gate.name} ${VERBS[total.outcome]}`;
  if (!counted.some(canDecide)) {
    return gate.rules === 'keptn'
      ? `${start}: nothing is asked of any indicator, which by Keptn's rules is a pass.`
      : `${start}: nothing that decides could be judged.`;
  }
  const passed = counted.filter(({ outcome }) => outcome === 'pass').length;
  const range =
    total.score === total.reachable
      ? formatScore(total.score)
      : `between ${formatScore(total.score)} and ${formatScore(total.reachable)}`;
  const keys = counted.filter(({ key, outcome }) => key && outcome === 'fail').map(callCriterion);
  const failed = keys.length === 0 ? '' : ` Key criteria failed: ${keys.slice(0, 5).join(', ')}.`;
  return `${start}: ${passed} of ${counted.length} criteria passed, ${range} of the weights (${describeThresholds(gate.total)}).${failed}`;
}

/** Rounded down: what is short of a threshold is never shown as reaching it. */
function formatScore(score: number): string {
  return formatAmount(Math.floor(score * 100) / 100, '%');
}
