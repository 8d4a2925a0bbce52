import type { Project } from '../dataset/labelled-change.js';
import type { Recipe } from '../model/recipe.js';
import { BASELINES } from './baselines.js';
import { evaluateProject, type ProjectEvaluation } from './evaluate-project.js';
import type { Measures } from './measure.js';

export interface Evaluation {
  readonly projects: readonly ProjectEvaluation[];
  /** Means over the projects, by what was judged. */
  readonly mean: Readonly<Record<string, MeanMeasures>>;
  /** What the model does not beat, in words. */
  readonly notBeaten: readonly string[];
}

const FIGURES = ['auc', 'prAuc', 'brier', 'calibrationError', 'chanceError', 'recallAtEffort'] as const;

type Figure = (typeof FIGURES)[number];

export type MeanMeasures = Readonly<Record<Figure, number | undefined>>;

export function evaluate(
  projects: readonly Project[],
  recipe: Recipe,
  tell: (line: string) => void,
): Evaluation {
  const evaluations = projects.map((project) =>
    evaluateProject(
      project,
      projects.filter((other) => other !== project),
      recipe,
      tell,
    ),
  );
  return {
    projects: evaluations,
    mean: computeMeans(evaluations),
    notBeaten: evaluations.flatMap(findNotBeaten),
  };
}

/** Everything that judged a project, by name. */
export function listJudges({ within, across }: ProjectEvaluation): Record<string, Measures> {
  return { ...within, ...(across && { 'by other projects': across }) };
}

function computeMeans(evaluations: readonly ProjectEvaluation[]): Record<string, MeanMeasures> {
  const names = Object.keys(listJudges(evaluations[0]!));
  return Object.fromEntries(
    names.map((name) => {
      const all = evaluations.map((evaluation) => listJudges(evaluation)[name]!);
      const means = FIGURES.map((figure) => [figure, computeMean(all.map((each) => each[figure]))]);
      return [name, Object.fromEntries(means) as MeanMeasures];
    }),
  );
}

/** Of those that are known. */
function computeMean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Figures in which the model is not better than a baseline, which of two is better, and by how much they differ. */
function findNotBeaten(evaluation: ProjectEvaluation): string[] {
  const { name, within, baseBrier } = evaluation;
  const judges = listJudges(evaluation);
  const baselines = Object.keys(BASELINES) as (keyof typeof BASELINES)[];
  const models = ['the model', 'by other projects'].filter((judge) => judges[judge]);
  return models.flatMap((judge) => {
    const mine = judges[judge]!;
    const worse = baselines.flatMap((baseline) =>
      compare(mine, within[baseline]).map((words) => `${words} of ${baseline}`),
    );
    if (mine.brier >= baseBrier)
      worse.push(`Brier ${mine.brier.toFixed(3)} against ${baseBrier.toFixed(3)} of the base rate`);
    return worse.map((words) => `${name}, ${judge}: ${words}`);
  });
}

const COMPARED: readonly (readonly [Figure, string, 1 | -1])[] = [
  ['auc', 'AUC', 1],
  ['prAuc', 'PR-AUC', 1],
  ['brier', 'Brier', -1],
  ['recallAtEffort', 'recall at 20 % effort', 1],
];

function compare(mine: Measures, other: Measures): string[] {
  return COMPARED.flatMap(([figure, title, better]) => {
    const [one, two] = [mine[figure], other[figure]];
    if (one === undefined || two === undefined || better * (one - two) > 0) return [];
    return [`${title} ${one.toFixed(3)} against ${two.toFixed(3)}`];
  });
}
