import type {
  ChangeFactors,
  RiskAssessment,
  RiskContext,
  RiskContribution,
} from '#contracts/judgement/risk.js';
import { RISK_FACTORS, type RiskFactor } from '../model/columns.js';
import type { StoredModel } from '../model/model-file.js';
import { Past } from '../model/past.js';
import { computeConfidence } from './confidence.js';
import { describeFactor } from './describe-factor.js';
import { computeProbability, findRules, type Judged, sumUp, totalOf } from './judge.js';
import { findMitigations } from './mitigate.js';
import { present } from './present.js';

/**
 * Judges a change: `past` are the project's latest changes before it, up to 1,000, in the order of time; none at all is fine.
 * A function of its arguments: the same ones give the same bytes.
 */
export function assessRisk(
  { model, digest }: StoredModel,
  change: ChangeFactors,
  past: readonly ChangeFactors[],
  context: RiskContext,
): RiskAssessment {
  const judged: Judged = { model, change, past: Past.of(past), context };
  const rules = findRules(judged);
  const sum = sumUp(judged, rules);
  const confidence = computeConfidence(judged);
  return present({
    commit: change.commit,
    probability: Math.round(10_000 * computeProbability(judged)) / 10_000,
    sum,
    tell: (factor) => tellFactor(factor, judged, rules),
    advice: findMitigations(judged, totalOf(sum)),
    confidence,
    model: {
      name: model.name,
      version: digest.slice(0, 12),
      trainedOn: `${model.trainedOn.changes} changes of ${model.trainedOn.projects.join(', ')}`,
      digest,
    },
  });
}

function tellFactor(
  factor: string,
  { model, change, past }: Judged,
  rules: ReturnType<typeof findRules>,
): RiskContribution['words'] {
  return isLearnt(factor) ? describeFactor(factor, change, past, model.reference) : rules.get(factor)!.words;
}

function isLearnt(factor: string): factor is RiskFactor {
  return (RISK_FACTORS as readonly string[]).includes(factor);
}
