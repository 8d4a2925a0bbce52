import { applyPlatt, type Platt } from '../learning/calibration.js';
import { applyLogistic, type LogisticModel } from '../learning/logistic.js';
import { applyTrees, type TreeSum } from '../learning/tree.js';
import type { Reference } from './past.js';
import type { Blend } from './recipe.js';

/** A model of the probability that a change brings in a defect. Plain data. */
export interface RiskModel extends ModelParts {
  readonly name: string;
  readonly reference: Reference;
  readonly blend: Blend;
  readonly calibration: Platt;
  /** Least and largest value of each feature but for the outermost hundredth on either side. */
  readonly ranges: readonly (readonly [number, number])[];
  readonly trainedOn: TrainedOn;
}

/** Each gives log odds of the features of a change; a model is their mean by `blend`. */
export interface ModelParts {
  readonly boosting: TreeSum;
  readonly forest: TreeSum;
  readonly logistic: LogisticModel;
}

export interface TrainedOn {
  readonly projects: readonly string[];
  readonly changes: number;
  /** Share of changes with a defect; the mean of the projects. */
  readonly defectRate: number;
  /** Seconds since the epoch of the first and the last change. */
  readonly from: number;
  readonly to: number;
}

/** Log odds by each part. */
export function scoreByPart({ boosting, forest, logistic }: ModelParts, row: ArrayLike<number>): Blend {
  return {
    boosting: applyTrees(boosting, row),
    forest: applyTrees(forest, row),
    logistic: applyLogistic(logistic, row),
  };
}

export function blendScores(scores: Blend, blend: Blend): number {
  return blend.boosting * scores.boosting + blend.forest * scores.forest + blend.logistic * scores.logistic;
}

/** Log odds before calibration. */
export function computeRawScore(model: RiskModel, row: ArrayLike<number>): number {
  return blendScores(scoreByPart(model, row), model.blend);
}

/** Calibrated probability of a defect, of the features of a change. */
export function predict(model: RiskModel, row: ArrayLike<number>): number {
  return applyPlatt(model.calibration, computeRawScore(model, row));
}
