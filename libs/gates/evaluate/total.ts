import type { Gate, TotalThresholds } from '#contracts/judgement/gate.js';
import type { CriterionResult, Outcome } from '#contracts/judgement/gate-result.js';

export interface Total {
  readonly outcome: Outcome;
  readonly score: number;
  readonly reachable: number;
  readonly wouldChange: string;
}

type Counted = Pick<CriterionResult, 'name' | 'title' | 'outcome' | 'weight' | 'key'>;

/** Keptn's rule, and ours: a warning is worth half. */
const SHARES: Readonly<Record<CriterionResult['outcome'], number>> = {
  pass: 1,
  warn: 0.5,
  fail: 0,
  inconclusive: 0,
  info: 0,
};

/**
 * What the criteria come to. What is not known could be anything: where the gate would come out the same with all of it
 * failed and with all of it passed, it does; else it is inconclusive.
 */
export function computeTotal(gate: Gate, results: readonly CriterionResult[]): Total {
  const counted = results.filter((each) => each.counted);
  const certain = settle(counted, 'fail');
  const possible = settle(counted, 'pass');
  const outcome = decide(gate, counted, certain, possible);
  return {
    outcome,
    score: computeScore(gate, certain),
    reachable: computeScore(gate, possible),
    wouldChange: describeChange(gate, counted, outcome),
  };
}

/** Without a weight, and no key, it changes nothing whatever becomes of it. */
export function canDecide({ weight, key }: Pick<Counted, 'weight' | 'key'>): boolean {
  return weight > 0 || key;
}

function settle(counted: readonly Counted[], as: 'pass' | 'fail'): readonly Counted[] {
  return counted.map((each) => (each.outcome === 'inconclusive' ? { ...each, outcome: as } : each));
}

function decide(
  gate: Gate,
  counted: readonly Counted[],
  certain: readonly Counted[],
  possible: readonly Counted[],
): Outcome {
  // Keptn passes what has nothing but information in it; we never pass in silence.
  if (!counted.some(canDecide)) return gate.rules === 'keptn' ? 'pass' : 'inconclusive';
  const [worst, best] = [certain, possible].map((each) => judge(gate, each));
  return worst === best ? worst! : 'inconclusive';
}

function judge(gate: Gate, settled: readonly Counted[]): Outcome {
  if (settled.some(({ key, outcome }) => key && outcome === 'fail')) return 'fail';
  const score = computeScore(gate, settled);
  if (score >= gate.total.pass) return 'pass';
  return gate.total.warn !== undefined && score >= gate.total.warn ? 'warn' : 'fail';
}

/** Percent. Weights are whole, so the order of the criteria changes no digit. */
function computeScore(gate: Gate, settled: readonly Counted[]): number {
  if (!settled.some(canDecide)) return gate.rules === 'keptn' ? 100 : 0;
  const all = settled.reduce((sum, { weight }) => sum + weight, 0);
  // Key criteria of no weight: they alone decide.
  if (all === 0) return 100;
  return 100 * (settled.reduce((sum, { weight, outcome }) => sum + weight * SHARES[outcome], 0) / all);
}

function describeChange(gate: Gate, counted: readonly Counted[], outcome: Outcome): string {
  if (!counted.some(canDecide)) return 'Give the gate a criterion that can be judged.';
  return outcome === 'pass' ? describeLoss(gate, counted) : describeGain(gate, counted);
}

/** Which criterion, alone, would take the pass away. */
function describeLoss(gate: Gate, counted: readonly Counted[]): string {
  const names = counted
    .filter(({ outcome }) => outcome !== 'fail')
    .filter((each) => judge(gate, settle(replace(counted, each, 'fail'), 'fail')) !== 'pass')
    .map(callCriterion);
  if (names.length === 0) return 'No single criterion would take the pass away.';
  return `It would no longer pass if ${names.length === 1 ? names[0] : `one of these failed: ${list(names)}`}${names.length === 1 ? ' failed' : ''}.`;
}

/** The fewest criteria, the heaviest first, that would make it pass. */
function describeGain(gate: Gate, counted: readonly Counted[]): string {
  const gain = ({ weight, outcome }: Counted) => weight * (1 - SHARES[outcome]);
  const order = counted
    .filter(({ outcome }) => outcome !== 'pass')
    .toSorted(
      (a, b) => Number(mustPass(b)) - Number(mustPass(a)) || gain(b) - gain(a) || (a.name < b.name ? -1 : 1),
    );
  let settled: readonly Counted[] = counted;
  const names: string[] = [];
  for (const each of order) {
    if (judge(gate, settle(settled, 'fail')) === 'pass') break;
    settled = replace(settled, each, 'pass');
    names.push(callCriterion(each));
  }
  return `It would pass if ${list(names)} passed.`;
}

/** As people know it. */
export function callCriterion({ name, title = name }: Pick<CriterionResult, 'name' | 'title'>): string {
  return title;
}

function mustPass({ key, outcome }: Counted): boolean {
  return key && (outcome === 'fail' || outcome === 'inconclusive');
}

function replace(counted: readonly Counted[], one: Counted, outcome: Outcome): readonly Counted[] {
  return counted.map((each) => (each.name === one.name ? { ...each, outcome } : each));
}

const MAX_NAMES = 5;

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** `at least 90% of the weights, 75% for a warning` */
export function describeThresholds({ pass, warn }: TotalThresholds): string {
  return warn === undefined ? `${pass}% needed` : `${pass}% needed, ${warn}% for a warning`;
}
