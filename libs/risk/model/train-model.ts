import type { LabelledChange, Project } from '../dataset/labelled-change.js';
import { fitPlatt, type Observed } from '../learning/calibration.js';
import { computeHistory, computeReference, FEATURES } from './features.js';
import { cutLesson, cutToLatest, type Lesson, learn } from './learn.js';
import { type Blend, chooseRecipe, type ModelRecipe, type Recipe } from './recipe.js';
import { blendScores, type ModelParts, type RiskModel, scoreByPart } from './risk-model.js';

export interface TrainedModel {
  readonly model: RiskModel;
  /** What the calibration was fitted to: scores of changes that their model had not seen. */
  readonly observed: ObservedParts;
}

/** Scores by each part of a model, beside what came true. */
export interface ObservedParts extends Omit<Observed, 'scores'> {
  readonly scores: readonly Blend[];
}

/** As the parts together would have scored. */
export function blendParts({ scores, ...rest }: ObservedParts, blend: Blend): Observed {
  return { ...rest, scores: scores.map((each) => blendScores(each, blend)) };
}

/** The recipe of the model is that of `chooseRecipe`. */
export function trainModel(name: string, projects: readonly Project[], recipes: Recipe): TrainedModel {
  const recipe = chooseRecipe(projects.length, recipes);
  const changes = projects.map((project) => project.changes.map((change) => change.factors));
  const reference = computeReference(changes);
  const all = projects.map((project, at) => ({
    rows: computeHistory(changes[at]!, reference),
    labels: project.changes.map((change) => change.label),
  }));
  const lessons = all.map((lesson) => cutToLatest(lesson, recipe));
  const parts = learn(lessons, recipe);
  const observed = all.length > 1 ? observeOtherProjects(lessons, recipe) : observeLater(all[0]!, recipe);
  const model = {
    name,
    reference,
    ...parts,
    blend: recipe.blend,
    calibration: fitPlatt(blendParts(observed, recipe.blend)),
    ranges: findRanges(lessons),
    trainedOn: describe(projects),
  };
  return { model, observed };
}

/** Shares of a project's changes between which what was learnt before is tried. */
const LATER = [
  { from: 0.5, to: 0.75, weight: 0.5 },
  { from: 0.75, to: 1, weight: 1 },
] as const;

/** What models say of changes that came after those that they learnt from, beside what came true. */
function observeLater(lesson: Lesson, recipe: ModelRecipe): ObservedParts {
  const parts = LATER.map(({ from, to, weight }) => {
    const [start, end] = [from, to].map((share) => Math.floor(share * lesson.rows.length)) as [
      number,
      number,
    ];
    return observe(learn([cutLesson(lesson, 0, start)], recipe), cutLesson(lesson, start, end), weight);
  });
  return join(parts);
}

/** What models of one half of the projects say of the other half, beside what came true. */
function observeOtherProjects(lessons: readonly Lesson[], recipe: ModelRecipe): ObservedParts {
  const most = Math.max(...lessons.map((lesson) => lesson.rows.length));
  return join(
    [0, 1].flatMap((half) => {
      const learnt = learn(
        lessons.filter((_, at) => at % 2 !== half),
        recipe,
      );
      return lessons
        .filter((_, at) => at % 2 === half)
        .map((lesson) => observe(learnt, lesson, most / lesson.rows.length));
    }),
  );
}

function observe(parts: ModelParts, lesson: Lesson, weight: number): ObservedParts {
  return {
    scores: lesson.rows.map((row) => scoreByPart(parts, row)),
    labels: lesson.labels,
    weights: lesson.labels.map(() => weight),
  };
}

function join(parts: readonly ObservedParts[]): ObservedParts {
  return {
    scores: parts.flatMap((part) => part.scores),
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
