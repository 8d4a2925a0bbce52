import {
  type ChangeFactors,
  nameRiskLevel,
  type RiskAssessment,
  type RiskConfidence,
  type RiskContext,
  type RiskContribution,
  type RiskMitigation,
} from '#contracts/judgement/risk.js';
import { RISK_FACTORS, type RiskFactor } from '../model/columns.js';
import type { StoredModel } from '../model/model-file.js';
import { Past } from '../model/past.js';
import { computeConfidence } from './confidence.js';
import { describeFactor } from './describe-factor.js';
import { computeProbability, decompose, findRules, type Judged } from './judge.js';
import { findMitigations } from './mitigate.js';

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
  const { score, points } = decompose(judged, rules);
  const probability = Math.round(10_000 * computeProbability(judged)) / 10_000;
  const confidence = computeConfidence(judged);
  const contributions = describePoints(judged, points, rules);
  const mitigations = findMitigations(judged, score);
  return {
    commit: change.commit,
    probability,
    score,
    level: nameRiskLevel(score),
    confidence,
    contributions,
    mitigations,
    model: {
      name: model.name,
      version: digest.slice(0, 12),
      trainedOn: `${model.trainedOn.changes} changes of ${model.trainedOn.projects.join(', ')}`,
      digest,
    },
    text: tell(score, probability, confidence, contributions, mitigations),
  };
}

function describePoints(
  { model, change, past }: Judged,
  points: ReadonlyMap<string, number>,
  rules: ReturnType<typeof findRules>,
): RiskContribution[] {
  const isLearnt = (factor: string): factor is RiskFactor =>
    (RISK_FACTORS as readonly string[]).includes(factor);
  const [start, ...others] = [...points].map(([factor, each]): RiskContribution => {
    if (factor === 'start') return { factor, points: each, words: 'where every change starts' };
    const words = isLearnt(factor)
      ? describeFactor(factor, change, past, model.reference)
      : rules.get(factor)!.words;
    return { factor, points: each, words };
  });
  return [start!, ...others.sort((one, other) => Math.abs(other.points) - Math.abs(one.points))];
}

function tell(
  score: number,
  probability: number,
  confidence: RiskConfidence,
  [, ...contributions]: readonly RiskContribution[],
  mitigations: readonly RiskMitigation[],
): string {
  const raises = contributions.filter(({ points }) => points > 0).slice(0, 3);
  const sentences = [
    `The risk is ${nameRiskLevel(score)}: ${score} of 100.`,
    `Of changes like it, about ${Math.round(100 * probability)} in 100 brought in a defect.`,
    raises.length === 0
      ? 'Nothing about it raises the risk.'
      : `What raises it most: ${raises.map(({ words }) => words.split(';')[0]).join('; ')}.`,
    ...(confidence.level === 'high'
      ? []
      : [`The confidence is ${confidence.level}: ${confidence.reasons.join('; ')}.`]),
    ...(mitigations[0]
      ? [`What would lower it most, by ${mitigations[0].lowersBy} points: ${mitigations[0].words}`]
      : []),
  ];
  return sentences.join(' ');
}
