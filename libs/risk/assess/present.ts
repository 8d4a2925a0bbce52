import {
  MITIGATION_KINDS,
  nameRiskLevel,
  type RiskAssessment,
  type RiskConfidence,
  type RiskContribution,
  type RiskMitigation,
} from '#contracts/judgement/risk.js';
import { toProbability } from '../learning/log-odds.js';
import { decompose, type Sum, totalOf } from './judge.js';

/** A mitigation by what it adds to the log odds, whatever the score is. */
export type Advice = Omit<RiskMitigation, 'lowersBy' | 'scoreAfter'>;

interface Parts extends Pick<RiskAssessment, 'commit' | 'probability' | 'confidence' | 'model'> {
  readonly sum: Sum;
  /** A factor in words. */
  readonly tell: (factor: string) => string;
  readonly advice: readonly Advice[];
}

/** An assessment of what it is made of: a function of its arguments. */
export function present(parts: Parts): RiskAssessment {
  const { commit, probability, sum, tell, confidence, model } = parts;
  const { score, points } = decompose(sum);
  const contributions = describePoints(sum, points, tell);
  const mitigations = rank(parts.advice, totalOf(sum), score);
  return {
    commit,
    probability,
    score,
    level: nameRiskLevel(score),
    confidence,
    contributions,
    mitigations,
    model,
    text: tellAll(score, probability, confidence, contributions, mitigations),
  };
}

function describePoints(
  { start, parts }: Sum,
  points: ReadonlyMap<string, number>,
  tell: (factor: string) => string,
): RiskContribution[] {
  const first = {
    factor: 'start',
    words: 'where every change starts',
    points: points.get('start')!,
    logOdds: start,
  };
  const others = [...parts].map(([factor, logOdds]) => ({
    factor,
    words: tell(factor),
    points: points.get(factor)!,
    // Not -0, which JSON would lose.
    logOdds: logOdds + 0,
  }));
  return [first, ...others.sort((one, other) => Math.abs(other.points) - Math.abs(one.points))];
}

/** Those that lower the score, the most first, equals in the order of their kinds. */
function rank(advice: readonly Advice[], total: number, score: number): RiskMitigation[] {
  return MITIGATION_KINDS.flatMap((wanted) => advice.filter(({ kind }) => kind === wanted))
    .map(({ kind, basis, words, logOdds, ...more }) => {
      const scoreAfter = Math.round(100 * toProbability(total + logOdds));
      return { kind, basis, words, ...more, logOdds, lowersBy: score - scoreAfter, scoreAfter };
    })
    .filter(({ lowersBy }) => lowersBy > 0)
    .sort((one, other) => other.lowersBy - one.lowersBy);
}

function tellAll(
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
