import { trainBoosting } from '../learning/boosting.js';
import { trainForest } from '../learning/forest.js';
import { type LogisticModel, trainLogistic } from '../learning/logistic.js';
import type { Table } from '../learning/table.js';
import type { TreeSum } from '../learning/tree.js';
import { FEATURES } from './features.js';
import type { ModelRecipe } from './recipe.js';
import type { ModelParts } from './risk-model.js';

/** What one project teaches: its changes in the order of time, each beside its features. */
export interface Lesson {
  readonly rows: readonly Float64Array[];
  readonly labels: readonly number[];
}

export function cutLesson(lesson: Lesson, start: number, end: number): Lesson {
  return { rows: lesson.rows.slice(start, end), labels: lesson.labels.slice(start, end) };
}

/** What a model learns of a lesson. */
export function cutToLatest(lesson: Lesson, { latest }: ModelRecipe): Lesson {
  return cutLesson(lesson, -latest, lesson.rows.length);
}

/** Learns from one project what is true of it, from several what is true of any. */
export function learn(lessons: readonly Lesson[], recipe: ModelRecipe): ModelParts {
  const columns = chooseFeatures(recipe);
  const latest = lessons.map((lesson) => cutToLatest(lesson, recipe));
  const rows = latest.flatMap((lesson) => lesson.rows);
  const labels = Uint8Array.from(latest.flatMap((lesson) => lesson.labels));
  const weights = Float64Array.from(
    latest.flatMap((lesson) => weighChanges(lesson.rows.length, rows.length / latest.length, recipe)),
  );
  const table: Table = {
    rows: rows.length,
    columns: columns.map((column) => Float64Array.from(rows, (row) => row[column]!)),
  };
  return {
    boosting: nameFeatures(trainBoosting(table, labels, weights, recipe.boosting), columns),
    forest: nameFeatures(trainForest(table, labels, weights, recipe.forest), columns),
    logistic: spreadWeights(trainLogistic(table, labels, weights, recipe.logistic), columns),
  };
}

function chooseFeatures({ features }: ModelRecipe): number[] {
  return [...FEATURES.keys()].filter((at) => {
    const { rank, portable } = FEATURES[at]!;
    return features === 'plain' ? !rank : portable;
  });
}

/** Weights of a project's changes, the latest last; together `total`. */
function weighChanges(count: number, total: number, { halfLife }: ModelRecipe): number[] {
  const weights = Array.from({ length: count }, (_, at) =>
    halfLife === 0 ? 1 : 0.5 ** ((count - 1 - at) / (halfLife * count)),
  );
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => (weight * total) / sum);
}

function nameFeatures(model: TreeSum, columns: readonly number[]): TreeSum {
  return {
    ...model,
    trees: model.trees.map((tree) => ({
      ...tree,
      feature: tree.feature.map((at, node) => (tree.left[node] === 0 ? 0 : columns[at]!)),
    })),
  };
}

function spreadWeights(model: LogisticModel, columns: readonly number[]): LogisticModel {
  const spread = (values: readonly number[], other: number) => {
    const all = FEATURES.map(() => other);
    for (const [at, column] of columns.entries()) all[column] = Math.fround(values[at]!);
    return all;
  };
  return {
    intercept: Math.fround(model.intercept),
    weights: spread(model.weights, 0),
    means: spread(model.means, 0),
    deviations: spread(model.deviations, 1),
  };
}
