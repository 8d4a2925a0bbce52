import type { Project } from '../dataset/labelled-change.js';
import { applyPlatt, fitPlatt, type Observed } from '../learning/calibration.js';

/** What a change did is taken to be known so many days later. */
const LATE_DAYS = 90;
/** What was observed in training counts as so many changes against what comes in. */
const TRAINING_COUNTS = 300;
const BLOCK = 25;

/**
 * Probabilities of the changes of `test` as they would be if the calibration, and nothing else, were fitted anew as outcomes
 * come in: to what was observed in training and the outcomes of test changes that are `LATE_DAYS` old by then. The one
 * judgement here that sees labels of the test part, each long before the changes that it is used for.
 */
export function judgeWithLateOutcomes(
  observed: Observed,
  scores: readonly number[],
  test: Project,
): number[] {
  const total = observed.weights.reduce((sum, weight) => sum + weight, 0);
  const scale = Math.min(1, TRAINING_COUNTS / total);
  const moments = test.changes.map(({ factors }) => factors.at);
  const labels = test.changes.map(({ label }) => label);
  let platt = fitPlatt(observed);
  let known = 0;
  return scores.map((score, at) => {
    if (at % BLOCK === 0) {
      const before = known;
      while (moments[known]! <= moments[at]! - LATE_DAYS * 86_400) known += 1;
      if (known > before)
        platt = fitPlatt({
          scores: [...observed.scores, ...scores.slice(0, known)],
          labels: [...observed.labels, ...labels.slice(0, known)],
          weights: [
            ...observed.weights.map((weight) => weight * scale),
            ...labels.slice(0, known).map(() => 1),
          ],
        });
    }
    return applyPlatt(platt, score);
  });
}
