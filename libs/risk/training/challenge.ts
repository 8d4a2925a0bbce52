import type { Project } from '../dataset/labelled-change.js';
import { judgeLater, scoreLater } from '../evaluation/judge-project.js';
import { splitByTime } from '../evaluation/split.js';
import { fitPlatt } from '../learning/calibration.js';
import { computeAuc, computeBrier } from '../learning/measures.js';
import type { Recipe } from '../model/recipe.js';
import type { RiskModel } from '../model/risk-model.js';
import { trainModel } from '../model/train-model.js';

/** A challenger that is better by less than this is better by chance as likely as not. */
export const MARGIN = { auc: 0.01, brier: 0.005 } as const;
/** Fewer later changes, or fewer of the rarer kind among them, decide nothing. */
export const ENOUGH = { changes: 100, ofEach: 20 } as const;

export interface Contender {
  readonly kind: 'champion' | 'recalibrated' | 'own';
  readonly model: RiskModel;
  readonly auc: number;
  readonly brier: number;
}

export interface Challenge {
  /** The champion first. */
  readonly contenders: readonly Contender[];
  /** The challenger that takes over, if one does. */
  readonly winner: Contender | undefined;
  /** Why, or why not. */
  readonly words: string;
}

/**
 * Whether a team's own outcomes make a better model than `champion`. Two challengers learn from the first 80 % of the
 * outcomes: the champion with its calibration fitted anew, and a model of the team's own. All are judged on the last 20 %.
 * A challenger takes over when it is worse neither by AUC nor by Brier score and better by `MARGIN` in one of them.
 */
export function challenge(
  champion: RiskModel,
  outcomes: Project,
  trainOwn: (training: Project) => RiskModel,
): Challenge {
  const { training, test } = splitByTime(outcomes);
  const labels = test.changes.map((change) => change.label);
  const enter = (kind: Contender['kind'], model: RiskModel): Contender => {
    const judged = { scores: judgeLater(model, outcomes), labels };
    return { kind, model, auc: computeAuc(judged) ?? Number.NaN, brier: computeBrier(judged) };
  };
  const first = enter('champion', champion);
  const defects = labels.filter((label) => label === 1).length;
  const rarer = Math.min(defects, labels.length - defects);
  if (labels.length < ENOUGH.changes || rarer < ENOUGH.ofEach)
    return {
      contenders: [first],
      winner: undefined,
      words: `${labels.length} later changes with ${defects} defects are too few: ${ENOUGH.changes} with ${ENOUGH.ofEach} of each kind are needed.`,
    };
  const challengers = [
    enter('recalibrated', recalibrate(champion, training)),
    enter('own', trainOwn(training)),
  ];
  return { contenders: [first, ...challengers], ...choose(first, challengers) };
}

/** The winner as it goes to work: learnt from all outcomes. */
export function finish(winner: Contender, champion: RiskModel, outcomes: Project, recipe: Recipe): RiskModel {
  return winner.kind === 'own'
    ? trainModel(outcomes.name, [outcomes], recipe).model
    : recalibrate(champion, outcomes);
}

/** The same order of changes, with probabilities as they are in this project. */
function recalibrate(model: RiskModel, project: Project): RiskModel {
  return {
    ...model,
    calibration: fitPlatt({
      scores: scoreLater(model, project, 0),
      labels: project.changes.map((change) => change.label),
      weights: project.changes.map(() => 1),
    }),
  };
}

function choose(champion: Contender, challengers: readonly Contender[]): Pick<Challenge, 'winner' | 'words'> {
  const better = challengers
    .filter(
      ({ auc, brier }) =>
        auc >= champion.auc &&
        brier <= champion.brier &&
        (auc - champion.auc >= MARGIN.auc || champion.brier - brier >= MARGIN.brier),
    )
    .sort((one, other) => one.brier - other.brier);
  const [winner] = better;
  if (!winner)
    return {
      winner,
      words: `No challenger is better by ${MARGIN.auc} (AUC) or ${MARGIN.brier} (Brier) and worse in neither.`,
    };
  return {
    winner,
    words: `The ${winner.kind} model takes over: AUC ${winner.auc.toFixed(3)} against ${champion.auc.toFixed(3)}, Brier ${winner.brier.toFixed(3)} against ${champion.brier.toFixed(3)}.`,
  };
}
