import { toLogOdds, toProbability } from './log-odds.js';
import type { Table } from './table.js';
import { weightedMean } from './weighted-mean.js';

/** Weights on values brought to mean 0 and deviation 1, cut at `CUT` deviations so that no outlier carries the answer away. */
export interface LogisticModel {
  readonly intercept: number;
  readonly weights: readonly number[];
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

export interface LogisticSettings {
  /** Strength of the pull of weights towards 0, per row. */
  readonly ridge: number;
}

const CUT = 4;
const STEPS = 25;
const CLOSE_ENOUGH = 1e-8;

/** Logistic regression by iteratively reweighted least squares (Newton's method) with an L2 penalty. */
export function trainLogistic(
  table: Table,
  labels: ArrayLike<number>,
  weights: Float64Array,
  settings: LogisticSettings,
): LogisticModel {
  const { means, deviations } = describeColumns(table, weights);
  const rows = standardize(table, means, deviations);
  const size = table.columns.length + 1;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const beta = new Float64Array(size);
  beta[0] = toLogOdds(weightedMean(labels, weights));
  for (let step = 0; step < STEPS; step += 1) {
    const move = solve(...normalEquations(rows, labels, weights, beta, settings.ridge * total));
    let largest = 0;
    for (let at = 0; at < size; at += 1) {
      beta[at] = beta[at]! + move[at]!;
      largest = Math.max(largest, Math.abs(move[at]!));
    }
    if (largest < CLOSE_ENOUGH) break;
  }
  return { intercept: beta[0]!, weights: [...beta.subarray(1)], means, deviations };
}

/** Log odds of one row, as intercept and what each column adds. */
export function applyLogistic(model: LogisticModel, row: ArrayLike<number>): number {
  let sum = model.intercept;
  for (let at = 0; at < model.weights.length; at += 1) sum += weigh(model, row, at);
  return sum;
}

/** What column `at` adds to the log odds. */
export function weigh(model: LogisticModel, row: ArrayLike<number>, at: number): number {
  return model.weights[at]! * cut((row[at]! - model.means[at]!) / model.deviations[at]!);
}

function cut(value: number): number {
  return Math.max(-CUT, Math.min(CUT, value));
}

function describeColumns(table: Table, weights: Float64Array) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const means = table.columns.map((column) => weightedMean(column, weights));
  const deviations = table.columns.map((column, at) => {
    let sum = 0;
    for (let row = 0; row < column.length; row += 1) sum += weights[row]! * (column[row]! - means[at]!) ** 2;
    // A column that never changes says nothing: any deviation but 0 will do.
    return Math.sqrt(sum / total) || 1;
  });
  return { means, deviations };
}

/** Row after row, each with a leading 1. */
function standardize(table: Table, means: readonly number[], deviations: readonly number[]): Float64Array {
  const size = table.columns.length + 1;
  const rows = new Float64Array(table.rows * size);
  for (let row = 0; row < table.rows; row += 1) rows[row * size] = 1;
  for (const [at, column] of table.columns.entries())
    for (let row = 0; row < table.rows; row += 1)
      rows[row * size + at + 1] = cut((column[row]! - means[at]!) / deviations[at]!);
  return rows;
}

/** Second derivative (row by row, lower half) and slope of the penalized likelihood at `beta`. */
function normalEquations(
  rows: Float64Array,
  labels: ArrayLike<number>,
  weights: Float64Array,
  beta: Float64Array,
  ridge: number,
): [Float64Array, Float64Array] {
  const size = beta.length;
  const curve = new Float64Array(size * size);
  const slope = new Float64Array(size);
  for (let row = 0; row < weights.length; row += 1) {
    const start = row * size;
    let sum = 0;
    for (let at = 0; at < size; at += 1) sum += beta[at]! * rows[start + at]!;
    const probability = toProbability(sum);
    const bend = weights[row]! * probability * (1 - probability);
    const miss = weights[row]! * (labels[row]! - probability);
    for (let at = 0; at < size; at += 1) {
      const value = rows[start + at]!;
      slope[at] = slope[at]! + miss * value;
      const bent = bend * value;
      for (let other = 0; other <= at; other += 1)
        curve[at * size + other] = curve[at * size + other]! + bent * rows[start + other]!;
    }
  }
  for (let at = 1; at < size; at += 1) {
    curve[at * size + at] = curve[at * size + at]! + ridge;
    slope[at] = slope[at]! - ridge * beta[at]!;
  }
  return [curve, slope];
}

/** Solves by Cholesky; a direction that says nothing is left alone. */
function solve(curve: Float64Array, slope: Float64Array): Float64Array {
  const size = slope.length;
  const root = new Float64Array(size * size);
  for (let at = 0; at < size; at += 1)
    for (let other = 0; other <= at; other += 1) {
      let rest = curve[at * size + other]!;
      for (let k = 0; k < other; k += 1) rest -= root[at * size + k]! * root[other * size + k]!;
      root[at * size + other] =
        at === other ? Math.sqrt(Math.max(rest, 1e-12)) : rest / root[other * size + other]!;
    }
  const answer = Float64Array.from(slope);
  for (let at = 0; at < size; at += 1) {
    for (let k = 0; k < at; k += 1) answer[at] = answer[at]! - root[at * size + k]! * answer[k]!;
    answer[at] = answer[at]! / root[at * size + at]!;
  }
  for (let at = size - 1; at >= 0; at -= 1) {
    for (let k = at + 1; k < size; k += 1) answer[at] = answer[at]! - root[k * size + at]! * answer[k]!;
    answer[at] = answer[at]! / root[at * size + at]!;
  }
  return answer;
}
