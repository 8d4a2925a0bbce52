import type { BoostingSettings } from '../learning/boosting.js';
import type { LogisticSettings } from '../learning/logistic.js';

/** Everything that decides what is learnt, beside the changes; chosen by time-ordered folds within training parts only. */
export interface Recipe {
  readonly boosting: BoostingSettings;
  readonly logistic: LogisticSettings;
  readonly blend: number;
  /** The weight of a change halves with this share of a project's changes after it; 0: all weigh the same. */
  readonly halfLife: number;
}

export const RECIPE: Recipe = {
  boosting: {
    bags: 4,
    chanceBags: 2,
    rowShare: 0.7,
    rounds: 150,
    edges: 63,
    leaves: 8,
    rowsPerLeaf: 40,
    columnShare: 0.3,
    ridge: 5,
    rate: 0.05,
    seed: 20_131,
  },
  logistic: { ridge: 0.005 },
  blend: 0.8,
  halfLife: 1,
};
