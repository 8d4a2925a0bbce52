import type { Project } from '../dataset/labelled-change.js';
import { applyIsotonic, applyPlatt, fitIsotonic, fitPlatt } from '../learning/calibration.js';
import type { Blend, Recipe } from '../model/recipe.js';
import { blendScores, scoreByPart } from '../model/risk-model.js';
import { blendParts, type TrainedModel, trainModel } from '../model/train-model.js';
import { type Challenge, challenge } from '../training/challenge.js';
import { BASELINES, type BaselineName, judgeByBaseline } from './baselines.js';
import { judgeWithLateOutcomes } from './calibrate-late.js';
import { computeLaterRows, judgeLater } from './judge-project.js';
import { type Measures, measure } from './measure.js';
import { splitByTime, TRAINING_SHARE } from './split.js';

const WITHIN = [
  'the model',
  'calibrated 90 days late',
  'its boosting alone',
  'its forest alone',
  'its logistic alone',
  'isotonic for Platt',
] as const;

const ALONE: Readonly<Record<keyof Blend, Blend>> = {
  boosting: { boosting: 1, forest: 0, logistic: 0 },
  forest: { boosting: 0, forest: 1, logistic: 0 },
  logistic: { boosting: 0, forest: 0, logistic: 1 },
};

export interface ProjectEvaluation {
  readonly name: string;
  readonly training: PartOfProject;
  readonly test: PartOfProject;
  /** Of a constant probability: the share of defects in the training part. */
  readonly baseBrier: number;
  /** By what was judged: the model and what it is made of, learnt from the training part; then the baselines. */
  readonly within: Readonly<Record<(typeof WITHIN)[number] | BaselineName, Measures>>;
  /** By a model of the other projects; absent when there are none. */
  readonly across?: Measures;
  /** Of the model of the other projects by this project's own outcomes. */
  readonly challenge?: Challenge;
}

interface PartOfProject {
  readonly changes: number;
  readonly defectRate: number;
}

/** Learns from the first 80 % of a project by time, and is tested on the rest. */
export function evaluateProject(
  project: Project,
  others: readonly Project[],
  recipe: Recipe,
  tell: (line: string) => void,
): ProjectEvaluation {
  const { training, test } = splitByTime(project);
  tell(
    `${project.name}: learns from ${training.changes.length} changes, ${test.changes.length} are for the test`,
  );
  const own = trainModel(project.name, [training], recipe);
  const within = Object.fromEntries(
    Object.entries({ ...judgeParts(own, project, test), ...judgeBaselines(training, test) }).map(
      ([name, scores]) => [name, measure(scores, test)],
    ),
  ) as ProjectEvaluation['within'];
  const result = {
    name: project.name,
    training: describePart(training),
    test: describePart(test),
    baseBrier: measure(
      test.changes.map(() => describePart(training).defectRate),
      test,
    ).brier,
    within,
  };
  if (others.length === 0) return result;
  tell(`${project.name}: learns from the ${others.length} other projects`);
  const { model } = trainModel('others', others, recipe);
  return {
    ...result,
    across: measure(judgeLater(model, project), test),
    challenge: challenge(model, project, () => own.model),
  };
}

function describePart({ changes }: Project): PartOfProject {
  const defects = changes.reduce((sum, { label }) => sum + label, 0);
  return { changes: changes.length, defectRate: defects / changes.length };
}

/** Probabilities by the model, and by what it would be with one thing left out or exchanged. */
function judgeParts({ model, observed }: TrainedModel, project: Project, test: Project) {
  const scores = computeLaterRows(model, project, TRAINING_SHARE).map((row) => scoreByPart(model, row));
  const judge = (blend: Blend) => {
    const platt = fitPlatt(blendParts(observed, blend));
    return scores.map((each) => applyPlatt(platt, blendScores(each, blend)));
  };
  const mine = blendParts(observed, model.blend);
  const blended = scores.map((each) => blendScores(each, model.blend));
  const isotonic = fitIsotonic(mine);
  return {
    'the model': judge(model.blend),
    'calibrated 90 days late': judgeWithLateOutcomes(mine, blended, test),
    'its boosting alone': judge(ALONE.boosting),
    'its forest alone': judge(ALONE.forest),
    'its logistic alone': judge(ALONE.logistic),
    'isotonic for Platt': blended.map((score) => applyIsotonic(isotonic, score)),
  };
}

function judgeBaselines(training: Project, test: Project): Record<string, number[]> {
  return Object.fromEntries(
    (Object.keys(BASELINES) as BaselineName[]).map((name) => [name, judgeByBaseline(name, training, test)]),
  );
}
