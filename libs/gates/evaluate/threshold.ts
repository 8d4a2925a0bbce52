import type { Condition, ThresholdCriterion } from '#contracts/judgement/gate.js';
import type { Outcome } from '#contracts/judgement/gate-result.js';
import { formatAmount } from '../gate/condition.js';
import {
  checkCondition,
  combine,
  describeLimit,
  describeVerdict,
  type Held,
  type Verdict,
} from './conditions.js';
import { type Base, computeBase } from './earlier.js';
import { findMeasurement, type Judgement, judgeMissing, numberOf, type World } from './world.js';

/** A value against limits, its own and those that earlier runs make. */
export function judgeThreshold(criterion: ThresholdCriterion, world: World): Judgement {
  const { metric, pass, warn, compare, title = metric } = criterion;
  const measurement = findMeasurement(metric, world);
  const value = numberOf(measurement);
  const asked = joinSets(pass.map((set) => set.map(({ text }) => text)));
  const unit = measurement.unit ?? [...pass, ...warn].flat().find((each) => each.unit !== undefined)?.unit;
  if (pass.length === 0) return describeInformation(title, value, unit);
  if (value === undefined) return judgeMissing(title, asked, measurement.missing ?? NO_NUMBER);
  const relative = [...pass, ...warn].flat().some(({ of }) => of !== 'absolute');
  const base: Base = relative ? computeBase(metric, unit, compare, world) : { runs: 0 };
  const held: Held = {
    value,
    unit,
    base,
    rules: world.gate.rules,
    fewer: compare.fewer,
    atLeast: compare.atLeast,
  };
  const check = (sets: readonly (readonly Condition[])[]) =>
    sets.map((set) => set.map((condition) => checkCondition(condition, held)));
  const passing = check(pass);
  const warning = check(warn);
  const outcome = decide(combine(passing), combine(warning));
  const expected = joinSets(passing.map((set) => set.map((verdict) => describeVerdict(verdict, base, unit))));
  const deciding = chooseDeciding(passing.flat(), outcome);
  const problems = [...passing, ...warning].flat().flatMap(({ problem }) => problem ?? []);
  const said = describeJudgement({ title, held, expected, deciding, outcome });
  const [problem] = problems;
  return {
    outcome,
    value,
    ...(unit === undefined ? {} : { unit }),
    ...(base.value === undefined ? {} : { compared: base.value }),
    expected,
    ...(deciding?.difference === undefined ? {} : { difference: deciding.difference }),
    text: [said, base.value === undefined ? '' : describeBase(base, compare.with), problem?.message ?? '']
      .filter((part) => part !== '')
      .join(' '),
    wouldChange:
      outcome === 'inconclusive' && problem !== undefined
        ? problem.hint
        : describeChange(passing, outcome, unit),
  };
}

const NO_NUMBER = {
  code: 'metric-empty',
  message: 'Its source gave no number.',
  hint: 'Look at what should have measured it.',
} as const;

function describeInformation(title: string, value: number | undefined, unit: string | undefined): Judgement {
  const shown = value === undefined ? 'not known' : formatAmount(value, unit);
  return {
    outcome: 'info',
    ...(value === undefined ? {} : { value }),
    ...(unit === undefined ? {} : { unit }),
    expected: 'nothing',
    text: `${title} is ${shown}; nothing is asked of it.`,
  };
}

function decide(passes: boolean | undefined, warns: boolean | undefined): Outcome {
  if (passes === true) return 'pass';
  if (passes === undefined) return 'inconclusive';
  if (warns === undefined) return 'inconclusive';
  return warns ? 'warn' : 'fail';
}

/** Of what holds, the nearest to its limit; of what does not, the furthest from it. */
function chooseDeciding(verdicts: readonly Verdict[], outcome: Outcome): Verdict | undefined {
  const wanted = outcome === 'pass';
  const candidates = verdicts.filter(({ holds, limit }) => holds === wanted && limit !== undefined);
  const distance = ({ difference = 0, limit = 0 }: Verdict) => difference / (Math.abs(limit) || 1);
  return candidates.toSorted((a, b) => distance(b) - distance(a))[0];
}

interface Said {
  readonly title: string;
  readonly held: Held;
  readonly expected: string;
  readonly deciding: Verdict | undefined;
  readonly outcome: Outcome;
}

function describeJudgement({ title, held, expected, deciding, outcome }: Said): string {
  const start = `${title} is ${formatAmount(held.value, held.unit)}, asked for ${expected}`;
  if (deciding?.difference === undefined) return `${start}.`;
  const size = formatAmount(Math.abs(deciding.difference), held.unit);
  const { sign } = deciding.condition;
  if (outcome === 'pass') return sign === '=' ? `${start}.` : `${start}: ${size} to spare.`;
  const direction = sign === '=' ? 'off' : sign.startsWith('<') ? 'too much' : 'too little';
  return `${start}: ${size} ${direction}.`;
}

function describeBase({ runs }: Base, aggregate: string): string {
  const runsCounted = `${runs} earlier ${runs === 1 ? 'run' : 'runs'}`;
  return aggregate === 'average'
    ? `Compared with the average of ${runsCounted}.`
    : `Compared with the ${aggregate} of ${runsCounted}.`;
}

function describeChange(
  sets: readonly (readonly Verdict[])[],
  outcome: Outcome,
  unit: string | undefined,
): string {
  const wanted = outcome === 'pass';
  const parts = sets.map((set) =>
    set.flatMap(({ condition, limit, holds }) =>
      limit === undefined || holds !== wanted ? [] : [describeLimit(condition.sign, limit, unit)],
    ),
  );
  const limits = joinSets(parts.filter((part) => part.length > 0));
  if (!wanted) return `It would pass with ${limits}.`;
  return limits === ''
    ? 'It would be judged with more earlier runs.'
    : `It would no longer pass without ${limits}.`;
}

/** `a and b, or c` */
function joinSets(sets: readonly (readonly string[])[]): string {
  return sets.map((set) => set.join(' and ')).join(', or ');
}
