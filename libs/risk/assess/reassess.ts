import type { ChangeFactors, RiskAssessment, RiskEnvironment } from '#contracts/judgement/risk.js';
import { RISK_FACTORS } from '../model/columns.js';
import type { Sum } from './judge.js';
import { type Advice, present } from './present.js';
import type { Finding } from './rule.js';
import { adviseByRules } from './rule-advice.js';
import { ENVIRONMENT_FACTORS, RULES } from './rules.js';

const RULE_FACTORS = RULES.map(({ factor }) => factor);

/**
 * The same assessment with other knowledge of where the change goes: what the model said of the change stays, and so does
 * the hour. Neither model nor history is needed. A function of its arguments; with the environment that the assessment was
 * made with it gives that assessment, byte by byte.
 */
export function reassess(before: RiskAssessment, environment: RiskEnvironment): RiskAssessment {
  const told = new Map(before.contributions.map((each) => [each.factor, each]));
  const rules = new Map<string, Finding>();
  for (const { factor, judge } of RULES) {
    const kept = told.get(factor);
    const finding = ENVIRONMENT_FACTORS.includes(factor)
      ? judge(NOT_LOOKED_AT, { environment })
      : kept && { adds: kept.logOdds, words: kept.words };
    if (finding !== undefined) rules.set(factor, finding);
  }
  const learnt = [
    ...RISK_FACTORS,
    // Of a version that knew others.
    ...[...told.keys()].filter((factor) => factor !== 'start' && !isKnown(factor)),
  ].filter((factor) => told.has(factor));
  const sum: Sum = {
    start: told.get('start')?.logOdds ?? 0,
    parts: new Map([
      ...learnt.map((factor) => [factor, told.get(factor)!.logOdds] as const),
      ...[...rules].map(([factor, { adds }]) => [factor, adds] as const),
    ]),
  };
  return present({
    commit: before.commit,
    probability: before.probability,
    confidence: before.confidence,
    model: before.model,
    sum,
    tell: (factor) => rules.get(factor)?.words ?? told.get(factor)!.words,
    advice: [...keepAdvice(before), ...adviseByRules(rules, environment)],
  });
}

/** Rules of the environment ask nothing of the change. */
const NOT_LOOKED_AT = {} as ChangeFactors;

function isKnown(factor: string): boolean {
  return (RISK_FACTORS as readonly string[]).includes(factor) || RULE_FACTORS.includes(factor);
}

/** About the change itself. */
function keepAdvice({ mitigations }: RiskAssessment): Advice[] {
  return mitigations
    .filter(({ kind }) => kind === 'split' || kind === 'add-tests' || kind === 'ask-reviewer')
    .map(({ lowersBy: _, scoreAfter: __, ...advice }) => advice);
}
