import type { Project } from '../dataset/labelled-change.js';
import { fitPlatt, fitShift, type Observed } from '../learning/calibration.js';
import { toProbability } from '../learning/log-odds.js';

/** What a change did is taken to be known so many days later. */
const LATE_DAYS = 90;
/** The weight of an outcome halves with so many that came in after it. */
const HALF_LIFE = 200;
/** The calibration of training counts as so many outcomes against them. */
const TRAINING_COUNTS = 20;
const BLOCK = 25;

/**
 * Probabilities of the changes of `test` as they would be if the level of the calibration, and nothing else, followed the
 * outcomes as they come in: those of test changes that are `LATE_DAYS` old by then, and before them what was observed in
 * training. The one judgement here that sees labels of the test part, each long before the changes that it is used for.
 */
export function judgeWithLateOutcomes(
  observed: Observed,
  scores: readonly number[],
  test: Project,
): number[] {
  const { slope, intercept } = fitPlatt(observed);
  const [before, after] = [observed.scores, scores].map((list) =>
    list.map((score) => slope * score + intercept),
  ) as [number[], number[]];
  const moments = test.changes.map(({ factors }) => factors.at);
  const labels = test.changes.map(({ label }) => label);
  const follow = (known: number) => {
    const count = before.length + known;
    return fitShift(
      {
        scores: [...before, ...after.slice(0, known)],
        labels: [...observed.labels, ...labels.slice(0, known)],
        weights: Array.from({ length: count }, (_, at) => 0.5 ** ((count - 1 - at) / HALF_LIFE)),
      },
      TRAINING_COUNTS,
    );
  };
  let known = 0;
  let shift = follow(0);
  return after.map((score, at) => {
    if (at % BLOCK === 0) {
      const earlier = known;
      while (moments[known]! <= moments[at]! - LATE_DAYS * 86_400) known += 1;
      if (known > earlier) shift = follow(known);
    }
    return toProbability(score + shift);
  });
}
