import { applyBoosting, type BoostedModel } from '../learning/boosting.js';
import { applyPlatt, type Platt } from '../learning/calibration.js';
import { applyLogistic, type LogisticModel } from '../learning/logistic.js';
import type { Reference } from './past.js';

/** A model of the probability that a change brings in a defect. Plain data. */
export interface RiskModel {
  readonly name: string;
  readonly reference: Reference;
  readonly boosting: BoostedModel;
  readonly logistic: LogisticModel;
  /** Part of the boosting in the log odds; the rest is the logistic regression's. */
  readonly blend: number;
  readonly calibration: Platt;
  /** Least and largest value of each feature but for the outermost hundredth on either side. */
  readonly ranges: readonly (readonly [number, number])[];
  readonly trainedOn: TrainedOn;
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

/** Log odds before calibration. */
export function computeRawScore(model: RiskModel, row: ArrayLike<number>): number {
  return (
    model.blend * applyBoosting(model.boosting, row) + (1 - model.blend) * applyLogistic(model.logistic, row)
  );
}

/** Calibrated probability of a defect, of the features of a change. */
export function predict(model: RiskModel, row: ArrayLike<number>): number {
  return applyPlatt(model.calibration, computeRawScore(model, row));
}
