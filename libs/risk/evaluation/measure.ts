import type { Project } from '../dataset/labelled-change.js';
import {
  type CalibrationBin,
  computeAuc,
  computeBrier,
  computeCalibration,
  computeCalibrationError,
  computeChanceError,
  computePrAuc,
  computeRecallAtEffort,
} from '../learning/measures.js';

/** How well probabilities did. What one kind of label alone cannot say is absent. */
export interface Measures {
  readonly auc: number | undefined;
  readonly prAuc: number | undefined;
  readonly brier: number;
  /** Ten bins of equal size. */
  readonly calibrationError: number;
  /** What the calibration error would be by chance alone, with so few changes. */
  readonly chanceError: number;
  readonly recallAtEffort: number | undefined;
  readonly bins: readonly CalibrationBin[];
}

/** Effort is the number of changed lines. */
export function measure(scores: readonly number[], test: Project): Measures {
  const judged = { scores, labels: test.changes.map((change) => change.label) };
  const efforts = test.changes.map(({ factors }) => factors.la + factors.ld);
  const bins = computeCalibration(judged);
  return {
    auc: computeAuc(judged),
    prAuc: computePrAuc(judged),
    brier: computeBrier(judged),
    calibrationError: computeCalibrationError(bins),
    chanceError: computeChanceError(bins),
    recallAtEffort: computeRecallAtEffort(judged, efforts),
    bins,
  };
}
