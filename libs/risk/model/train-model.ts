import type { LabelledChange, Project } from '../dataset/labelled-change.js';
import { applyBoosting, type BoostedModel, trainBoosting } from '../learning/boosting.js';
import { fitPlatt, type Observed } from '../learning/calibration.js';
import { applyLogistic, type LogisticModel, trainLogistic } from '../learning/logistic.js';
import type { Table } from '../learning/table.js';
import { computeHistory, computeReference, FEATURES } from './features.js';
import type { Recipe } from './recipe.js';
import type { RiskModel } from './risk-model.js';

/** What a model learns from: one project or several, each change beside its features. */
interface Lesson {
  readonly rows: readonly Float64Array[];
  readonly labels: readonly number[];
}

export interface TrainedModel {
  readonly model: RiskModel;
  /** What the calibration was fitted to: scores of changes that their model had not seen. */
  readonly observed: ObservedParts;
}

/** Scores of the two parts of models, beside what came true. */
export interface ObservedParts extends Omit<Observed, 'scores'> {
  readonly boosted: readonly number[];
  readonly linear: readonly number[];
}

/** As `blend` of the boosting and the rest of the logistic regression would have scored. */
export function blendParts({ boosted, linear, ...rest }: ObservedParts, blend: number): Observed {
  return { ...rest, scores: boosted.map((each, row) => blend * each + (1 - blend) * linear[row]!) };
}

/** Of several projects, none teaches more than its latest so many changes: the large would drown the small. */
const MOST_OF_ONE = 6_000;

/** One project teaches what is true of it; several teach what is true of any. */
export function trainModel(name: string, projects: readonly Project[], recipe: Recipe): TrainedModel {
  const portable = projects.length > 1;
  const changes = projects.map((project) => project.changes.map((change) => change.factors));
  const reference = computeReference(changes);
  const lessons = projects.map((project, at) => {
    const lesson = {
      rows: computeHistory(changes[at]!, reference),
      labels: project.changes.map((change) => change.label),
    };
    const from = portable ? Math.max(0, lesson.rows.length - MOST_OF_ONE) : 0;
    return cutLesson(lesson, from, lesson.rows.length);
  });
  const learnt = learn(lessons, portable, recipe);
  const observed = portable ? observeOtherProjects(lessons, recipe) : observeLater(lessons[0]!, recipe);
  const model = {
    name,
    reference,
    ...learnt,
    blend: recipe.blend,
    calibration: fitPlatt(blendParts(observed, recipe.blend)),
    ranges: findRanges(lessons),
    trainedOn: describe(projects),
  };
  return { model, observed };
}

type Learnt = Pick<RiskModel, 'boosting' | 'logistic'>;

function learn(lessons: readonly Lesson[], portable: boolean, recipe: Recipe): Learnt {
  const columns = FEATURES.map((_, at) => at).filter((at) => !portable || FEATURES[at]!.portable);
  const rows = lessons.flatMap((lesson) => lesson.rows);
  const labels = Uint8Array.from(lessons.flatMap((lesson) => lesson.labels));
  const weights = Float64Array.from(
    lessons.flatMap((lesson) => weighChanges(lesson.rows.length, rows.length / lessons.length, recipe)),
  );
  const table: Table = {
    rows: rows.length,
    columns: columns.map((column) => Float64Array.from(rows, (row) => row[column]!)),
  };
  return {
    boosting: nameFeatures(trainBoosting(table, labels, weights, recipe.boosting), columns),
    logistic: spreadWeights(trainLogistic(table, labels, weights, recipe.logistic), columns),
  };
}

/** Weights of a project's changes, the latest last; together `total`. */
function weighChanges(count: number, total: number, { halfLife }: Recipe): number[] {
  const weights = Array.from({ length: count }, (_, at) =>
    halfLife === 0 ? 1 : 0.5 ** ((count - 1 - at) / (halfLife * count)),
  );
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => (weight * total) / sum);
}

function nameFeatures(model: BoostedModel, columns: readonly number[]): BoostedModel {
  return {
    ...model,
    trees: model.trees.map((tree) => ({
      ...tree,
      feature: tree.feature.map((at) => columns[at]!),
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

/** Shares of a project's changes after which a model is trained, to see how it does on what comes next. */
const LATER = [
  { from: 0.5, to: 0.75, weight: 0.5 },
  { from: 0.75, to: 1, weight: 1 },
] as const;

/** What models say of changes that came after those that they learnt from, beside what came true. */
function observeLater(lesson: Lesson, recipe: Recipe): ObservedParts {
  const parts = LATER.map(({ from, to, weight }) => {
    const [start, end] = [from, to].map((share) => Math.floor(share * lesson.rows.length)) as [
      number,
      number,
    ];
    const learnt = learn([cutLesson(lesson, 0, start)], false, recipe);
    return observe(learnt, cutLesson(lesson, start, end), weight);
  });
  return join(parts);
}

/** What models of one half of the projects say of the other half, beside what came true. */
function observeOtherProjects(lessons: readonly Lesson[], recipe: Recipe): ObservedParts {
  const most = Math.max(...lessons.map((lesson) => lesson.rows.length));
  return join(
    [0, 1].flatMap((half) => {
      const learnt = learn(
        lessons.filter((_, at) => at % 2 !== half),
        true,
        recipe,
      );
      return lessons
        .filter((_, at) => at % 2 === half)
        .map((lesson) => observe(learnt, lesson, most / lesson.rows.length));
    }),
  );
}

function observe(learnt: Learnt, lesson: Lesson, weight: number): ObservedParts {
  return {
    boosted: lesson.rows.map((row) => applyBoosting(learnt.boosting, row)),
    linear: lesson.rows.map((row) => applyLogistic(learnt.logistic, row)),
    labels: lesson.labels,
    weights: lesson.labels.map(() => weight),
  };
}

function cutLesson(lesson: Lesson, start: number, end: number): Lesson {
  return { ...lesson, rows: lesson.rows.slice(start, end), labels: lesson.labels.slice(start, end) };
}

function join(parts: readonly ObservedParts[]): ObservedParts {
  return {
    boosted: parts.flatMap((part) => part.boosted),
    linear: parts.flatMap((part) => part.linear),
    labels: parts.flatMap((part) => part.labels),
    weights: parts.flatMap((part) => part.weights),
  };
}

const OUTERMOST = 0.01;

function findRanges(lessons: readonly Lesson[]): [number, number][] {
  return FEATURES.map((_, column) => {
    const sorted = Float64Array.from(
      lessons.flatMap((lesson) => lesson.rows.map((row) => row[column]!)),
    ).sort();
    const at = (share: number) => Math.fround(sorted[Math.floor(share * (sorted.length - 1))]!);
    return [at(OUTERMOST), at(1 - OUTERMOST)];
  });
}

function describe(projects: readonly Project[]) {
  const rates = projects.map((project) => countDefects(project.changes) / project.changes.length);
  const moments = projects.flatMap((project) => [
    project.changes[0]!.factors.at,
    project.changes.at(-1)!.factors.at,
  ]);
  return {
    projects: projects.map((project) => project.name),
    changes: projects.reduce((sum, project) => sum + project.changes.length, 0),
    defectRate: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
    from: Math.min(...moments),
    to: Math.max(...moments),
  };
}

function countDefects(changes: readonly LabelledChange[]): number {
  return changes.reduce((sum, change) => sum + change.label, 0);
}
