import { explainTree } from '../learning/explain-tree.js';
import { weigh } from '../learning/logistic.js';
import type { TreeSum } from '../learning/tree.js';
import { FEATURES } from './features.js';
import type { RiskModel } from './risk-model.js';

/** Log odds of a defect, calibrated, as a start that all changes share and what each feature adds. */
export interface Explanation {
  readonly start: number;
  /** In the order of `FEATURES`. */
  readonly adds: Float64Array;
}

/** The Shapley values of a sum are the sums of the Shapley values. */
export function explain(model: RiskModel, row: ArrayLike<number>): Explanation {
  const { blend, logistic, calibration } = model;
  const [boosting, forest] = [explainTrees(model.boosting, row), explainTrees(model.forest, row)];
  const start =
    blend.boosting * boosting.start + blend.forest * forest.start + blend.logistic * logistic.intercept;
  const adds = boosting.adds.map(
    (boosted, at) =>
      blend.boosting * boosted + blend.forest * forest.adds[at]! + blend.logistic * weigh(logistic, row, at),
  );
  const { slope, intercept } = calibration;
  return { start: slope * start + intercept, adds: adds.map((each) => slope * each) };
}

function explainTrees({ start, trees }: TreeSum, row: ArrayLike<number>): Explanation {
  const adds = new Float64Array(FEATURES.length);
  let sum = start;
  for (const tree of trees) sum += explainTree(tree, row, adds);
  return { start: sum, adds };
}
