import type { TrendCriterion } from '#contracts/judgement/gate.js';
import { formatAmount } from '../gate/condition.js';
import { computePercentile, listValues } from './earlier.js';
import { findTrend } from './mann-kendall.js';
import { formatChance } from './statistical.js';
import { findMeasurement, type Judgement, judgeMissing, numberOf, type World } from './world.js';

/** The runs so far and this one: whether the metric gets steadily worse, and by more than is tolerated. */
export function judgeTrend(criterion: TrendCriterion, world: World): Judgement {
  const { metric, direction, alpha, tolerance, last, atLeast } = criterion;
  const measurement = findMeasurement(metric, world);
  const { unit } = measurement;
  const worse = direction === 'lower' ? 'rise' : 'fall';
  const expected = `no ${worse} of more than ${tolerance}% a run over ${last} runs (p <= ${alpha})`;
  const value = numberOf(measurement);
  if (value === undefined) {
    const reason = {
      code: 'metric-empty',
      message: 'Its source gave no number.',
      hint: 'Look at its source.',
    };
    return judgeMissing(metric, expected, measurement.missing ?? reason);
  }
  const earlier = listValues(world.history, metric, unit).slice(0, last - 1);
  const values = [...earlier.toReversed(), value];
  const numbers = { value, ...(unit === undefined ? {} : { unit }), expected };
  const test = findTrend(direction === 'lower' ? values : values.map((each) => -each));
  if (values.length < atLeast || test.least > alpha) {
    return {
      ...numbers,
      outcome: 'inconclusive',
      text: `${metric} is ${formatAmount(value, unit)}; ${values.length} runs make no trend, ${atLeast} needed.`,
      wouldChange: 'Record more runs.',
    };
  }
  // Of this run it does not depend: a worse value would be measured by a greater one.
  const middle = Math.abs(computePercentile(earlier, 0.5));
  // Around zero there is no share: every steady worsening counts.
  const share = middle === 0 ? (test.slope > 0 ? Number.MAX_VALUE : 0) : (100 * test.slope) / middle;
  const fails = test.p <= alpha && share > tolerance;
  const shownSlope = formatAmount(direction === 'lower' ? test.slope : -test.slope, unit);
  const facts = `p = ${formatChance(test.p)}, ${test.method}`;
  const limit = `${formatAmount((middle * tolerance) / 100, unit)} a run`;
  return {
    ...numbers,
    outcome: fails ? 'fail' : 'pass',
    difference: Number((test.slope - (middle * tolerance) / 100).toPrecision(12)),
    text: `${metric} is ${formatAmount(value, unit)} and changes by ${shownSlope} a run over ${values.length} runs: ${fails ? `a steady ${worse}` : `no steady ${worse} that counts`} (${facts}).`,
    wouldChange: fails
      ? `It would pass with a ${worse} of ${limit} or less, or one that is not steady.`
      : `It would fail with a steady ${worse} of more than ${limit}.`,
  };
}
