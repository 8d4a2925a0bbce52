import type { ChangeFactors, RiskContext } from '#contracts/judgement/risk.js';
import { toLogOdds, toProbability } from '../learning/log-odds.js';
import { RISK_FACTORS } from '../model/columns.js';
import { explain } from '../model/explain.js';
import { computeFeatures, FEATURES } from '../model/features.js';
import type { Past } from '../model/past.js';
import { predict, type RiskModel } from '../model/risk-model.js';
import type { Finding } from './rule.js';
import { RULES } from './rules.js';
import { sharePoints } from './share-points.js';

/** What is judged, and by whom. */
export interface Judged {
  readonly model: RiskModel;
  readonly change: ChangeFactors;
  readonly past: Past;
  readonly context: RiskContext;
}

/** By the model alone. */
export function computeProbability({ model, change, past }: Judged): number {
  return predict(model, computeFeatures(change, past, model.reference));
}

/** Log odds that the rules add to what the model says. */
export function findRules({ change, context }: Judged): ReadonlyMap<string, Finding> {
  return new Map(
    RULES.flatMap(({ factor, judge }) => {
      const finding = judge(change, context);
      return finding ? [[factor, finding] as const] : [];
    }),
  );
}

/** 0 to 100, not rounded; with rules that are not those of `judged` when they are given. */
export function computeRisk(judged: Judged, rules = findRules(judged)): number {
  const added = sum([...rules.values()].map(({ adds }) => adds));
  return 100 * toProbability(toLogOdds(computeProbability(judged)) + added);
}

/** A sum of log odds: where every change starts, and what each factor adds, learnt ones first, then rules. */
export interface Sum {
  readonly start: number;
  readonly parts: ReadonlyMap<string, number>;
}

export function sumUp(judged: Judged, rules: ReadonlyMap<string, Finding>): Sum {
  const { model, change, past } = judged;
  const { start, adds } = explain(model, computeFeatures(change, past, model.reference));
  const parts = new Map<string, number>(RISK_FACTORS.map((factor) => [factor, 0]));
  for (const [at, { factor }] of FEATURES.entries()) parts.set(factor, parts.get(factor)! + adds[at]!);
  for (const [factor, finding] of rules) parts.set(factor, finding.adds);
  return { start, parts };
}

export function totalOf({ start, parts }: Sum): number {
  return start + sum(parts.values());
}

export interface Decomposition {
  readonly score: number;
  /** By factor; the first is `start`. */
  readonly points: ReadonlyMap<string, number>;
}

/**
 * Points of a score by factor. The log odds are a sum: a start, what each learnt factor adds (Shapley values), what each rule
 * adds. On the straight way from the start to the whole, the score moves by so much for each part of it (Aumann and Shapley
 * 1974): each factor gets the same number of points for the same log odds.
 */
export function decompose({ start, parts }: Sum): Decomposition {
  const moved = sum(parts.values());
  const [first, last] = [toProbability(start), toProbability(start + moved)];
  const score = Math.round(100 * last);
  const perLogOdds = Math.abs(moved) > 1e-9 ? (100 * (last - first)) / moved : 100 * first * (1 - first);
  const points = [100 * first, ...[...parts.values()].map((each) => each * perLogOdds)];
  const shared = sharePoints(points, score);
  return {
    score,
    points: new Map(['start', ...parts.keys()].map((factor, at) => [factor, shared[at]!])),
  };
}

function sum(values: Iterable<number>): number {
  let all = 0;
  for (const value of values) all += value;
  return all;
}
