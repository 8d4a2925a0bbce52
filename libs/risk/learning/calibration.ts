import { toProbability } from './log-odds.js';

/** Probability of a score: that of the log odds `slope * score + intercept`. */
export interface Platt {
  readonly slope: number;
  readonly intercept: number;
}

/** Scores, rising, and the probability at each; straight lines between, level beyond. */
export interface Isotonic {
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
}

export interface Observed {
  readonly scores: readonly number[];
  readonly labels: readonly number[];
  readonly weights: readonly number[];
}

export function applyPlatt({ slope, intercept }: Platt, score: number): number {
  return toProbability(slope * score + intercept);
}

export function applyIsotonic({ scores, probabilities }: Isotonic, score: number): number {
  const above = scores.findIndex((each) => each >= score);
  if (above === -1) return probabilities.at(-1)!;
  if (above === 0) return probabilities[0]!;
  const share = (score - scores[above - 1]!) / (scores[above]! - scores[above - 1]!);
  return probabilities[above - 1]! + share * (probabilities[above]! - probabilities[above - 1]!);
}

const STEPS = 50;

/** Platt 1999: logistic regression on the score, with his smoothed targets; never falling. */
export function fitPlatt({ scores, labels, weights }: Observed): Platt {
  const sums = labels.reduce(
    (sum, label, row) => {
      sum[label === 1 ? 1 : 0] = sum[label === 1 ? 1 : 0]! + weights[row]!;
      return sum;
    },
    [0, 0],
  );
  const targets = [1 / (sums[0]! + 2), (sums[1]! + 1) / (sums[1]! + 2)];
  let [slope, intercept] = [1, 0];
  for (let step = 0; step < STEPS; step += 1) {
    let [slopeOfSlope, slopeOfIntercept, a, b, c] = [0, 0, 1e-9, 0, 1e-9];
    for (const [row, score] of scores.entries()) {
      const probability = toProbability(slope * score + intercept);
      const miss = weights[row]! * (targets[labels[row] === 1 ? 1 : 0]! - probability);
      const bend = weights[row]! * probability * (1 - probability);
      slopeOfSlope += miss * score;
      slopeOfIntercept += miss;
      a += bend * score * score;
      b += bend * score;
      c += bend;
    }
    const determinant = Math.max(a * c - b * b, 1e-12);
    const moves = [
      (c * slopeOfSlope - b * slopeOfIntercept) / determinant,
      (a * slopeOfIntercept - b * slopeOfSlope) / determinant,
    ].map((move) => Math.max(-1, Math.min(1, move)));
    slope += moves[0]!;
    intercept += moves[1]!;
    if (Math.abs(moves[0]!) + Math.abs(moves[1]!) < 1e-10) break;
  }
  return { slope: Math.fround(Math.max(slope, 0)), intercept: Math.fround(intercept) };
}

/** An even chance's bend: what one change tells of the level at most. */
const MOST_BEND = 0.25;

/** Log odds to add to scores that are log odds already; held at 0 by as much as `counts` changes would hold it. */
export function fitShift({ scores, labels, weights }: Observed, counts: number): number {
  let shift = 0;
  for (let step = 0; step < STEPS; step += 1) {
    let [slope, bend] = [-counts * MOST_BEND * shift, counts * MOST_BEND + 1e-9];
    for (const [row, score] of scores.entries()) {
      const probability = toProbability(score + shift);
      slope += weights[row]! * (labels[row]! - probability);
      bend += weights[row]! * probability * (1 - probability);
    }
    const move = Math.max(-1, Math.min(1, slope / bend));
    shift += move;
    if (Math.abs(move) < 1e-10) break;
  }
  return shift;
}

interface Block {
  weight: number;
  score: number;
  sum: number;
}

/** Pool adjacent violators (Ayer et al. 1955), each pool standing at its mean score. */
export function fitIsotonic({ scores, labels, weights }: Observed): Isotonic {
  const order = scores.map((_, row) => row).sort((one, other) => scores[one]! - scores[other]!);
  const blocks: Block[] = [];
  for (const row of order) {
    const weight = weights[row]!;
    let block: Block = { weight, score: weight * scores[row]!, sum: weight * labels[row]! };
    const last = blocks.at(-1);
    if (last && last.score / last.weight === scores[row]) block = merge(blocks.pop()!, block);
    while (blocks.length > 0 && rate(blocks.at(-1)!) >= rate(block)) block = merge(blocks.pop()!, block);
    blocks.push(block);
  }
  return {
    scores: blocks.map((block) => block.score / block.weight),
    probabilities: blocks.map(rate),
  };
}

function rate(block: Block): number {
  return block.sum / block.weight;
}

function merge(one: Block, other: Block): Block {
  return {
    weight: one.weight + other.weight,
    score: one.score + other.score,
    sum: one.sum + other.sum,
  };
}
