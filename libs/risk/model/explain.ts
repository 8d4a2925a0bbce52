import { explainTree } from '../learning/explain-tree.js';
import { weigh } from '../learning/logistic.js';
import { FEATURES } from './features.js';
import type { RiskModel } from './risk-model.js';

/** Log odds of a defect, calibrated, as a start that all changes share and what each feature adds. */
export interface Explanation {
  readonly start: number;
  /** In the order of `FEATURES`. */
  readonly adds: Float64Array;
}

export function explain(model: RiskModel, row: ArrayLike<number>): Explanation {
  const adds = new Float64Array(FEATURES.length);
  let start = model.boosting.start;
  for (const tree of model.boosting.trees) start += explainTree(tree, row, adds);
  for (let at = 0; at < adds.length; at += 1)
    adds[at] = model.blend * adds[at]! + (1 - model.blend) * weigh(model.logistic, row, at);
  const { slope, intercept } = model.calibration;
  return {
    start: slope * (model.blend * start + (1 - model.blend) * model.logistic.intercept) + intercept,
    adds: adds.map((each) => slope * each),
  };
}
