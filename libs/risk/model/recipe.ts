import type { BoostingSettings } from '../learning/boosting.js';
import type { ForestSettings } from '../learning/forest.js';
import type { LogisticSettings } from '../learning/logistic.js';

/** Everything that decides what is learnt, beside the changes; chosen by time-ordered folds within training parts only. */
export interface Recipe {
  /** Of a model that learns from one project, for its own later changes. */
  readonly own: ModelRecipe;
  /** Of a model that learns from several, for projects that it does not know. */
  readonly shared: ModelRecipe;
}

export interface ModelRecipe {
  /** `plain`: the numbers themselves; `portable`: what means the same in every project, most of it as ranks. */
  readonly features: 'plain' | 'portable';
  /** It learns from no more than so many latest changes of a project: of several, the large would drown the small. */
  readonly latest: number;
  /** The weight of a change halves with this share of a project's changes after it; 0: all weigh the same. */
  readonly halfLife: number;
  readonly boosting: BoostingSettings;
  readonly forest: ForestSettings;
  readonly logistic: LogisticSettings;
  readonly blend: Blend;
}

/** Parts of a model in its log odds; together 1. */
export interface Blend {
  readonly boosting: number;
  readonly forest: number;
  readonly logistic: number;
}

/** One project teaches what is true of it; several teach what is true of any. */
export function chooseRecipe(projects: number, { own, shared }: Recipe): ModelRecipe {
  return projects > 1 ? shared : own;
}

const LOGISTIC: LogisticSettings = { ridge: 0.005 };

const SEED = 20_131;

export const RECIPE: Recipe = {
  own: {
    features: 'plain',
    latest: 8_000,
    halfLife: 1,
    boosting: {
      bags: 3,
      chanceBags: 1,
      rowShare: 1,
      rounds: 150,
      edges: 255,
      leaves: 8,
      rowsPerLeaf: 40,
      columnShare: 0.3,
      ridge: 5,
      rate: 0.05,
      seed: SEED,
    },
    forest: {
      trees: 64,
      leaves: 128,
      rowsPerLeaf: 5,
      columnShare: 0.5,
      edges: 255,
      prior: 3,
      seed: SEED,
    },
    logistic: LOGISTIC,
    blend: { boosting: 0.5, forest: 0.4, logistic: 0.1 },
  },
  shared: {
    features: 'portable',
    latest: 6_000,
    halfLife: 1,
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
      seed: SEED,
    },
    // It gains nothing on projects that it did not learn from.
    forest: {
      trees: 0,
      leaves: 64,
      rowsPerLeaf: 20,
      columnShare: 0.5,
      edges: 63,
      prior: 3,
      seed: SEED,
    },
    logistic: LOGISTIC,
    blend: { boosting: 0.8, forest: 0, logistic: 0.2 },
  },
};
