import { describe, expect, it } from '@jest/globals';
import type { Project } from '../dataset/labelled-change.js';
import { createRandom } from '../learning/random.js';
import { makeChange, START } from '../testing/synthetic-project.js';
import { judgeWithLateOutcomes } from './calibrate-late.js';

const DAY = 86_400;
const random = createRandom(4);
const SCORES = Array.from({ length: 400 }, () => 4 * random() - 2);
const OBSERVED = {
  scores: SCORES,
  labels: SCORES.map((score) => Number(random() < 1 / (1 + Math.exp(-score)))),
  weights: SCORES.map(() => 1),
};

/** One change a day; `label` says of each, by its number, whether it brought in a defect. */
function makeLater(label: (at: number) => 0 | 1): Project {
  const changes = SCORES.map((_, at) => ({
    factors: makeChange({ at: START + at * DAY }),
    label: label(at),
  }));
  return { name: 'later', changes, notes: [] };
}

const judge = (label: (at: number) => 0 | 1) => judgeWithLateOutcomes(OBSERVED, SCORES, makeLater(label));
const meanOf = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;

describe('a calibration that follows late outcomes', () => {
  const none = judge(() => 0);

  it('knows nothing of what is less than 90 days old', () => {
    const change = 200;
    const late = judge((at) => (at > change - 90 ? 1 : 0));
    expect(late.slice(0, change + 1)).toEqual(none.slice(0, change + 1));
    expect(late.at(-1)).toBeGreaterThan(none.at(-1)!);
  });

  it('follows the rate down, and keeps the order of changes judged at once', () => {
    expect(meanOf(none.slice(350))).toBeLessThan(0.5 * meanOf(none.slice(0, 50)));
    const order = (values: readonly number[]) =>
      [...values.keys()].sort((one, other) => values[one]! - values[other]!);
    expect(order(none.slice(0, 25))).toEqual(order(SCORES.slice(0, 25)));
  });
});
