import type { StatisticalCriterion } from '#contracts/judgement/gate.js';
import { formatAmount } from '../gate/condition.js';
import { computePercentile } from './earlier.js';
import { compareRanks, type RankTest } from './mann-whitney.js';
import { computeMean, findMeasurement, type Judgement, judgeMissing, type World } from './world.js';

/**
 * From which |Cliff's delta| on an effect has its name: J. Romano et al., "Appropriate statistics for ordinal level
 * data: should we really be using t-test and Cohen's d for evaluating group differences on the NSSE and other surveys?",
 * annual meeting of the Florida Association of Institutional Research, 2006. Below 0.147 it is negligible.
 */
const EFFECT_SIZES = { small: 0.147, medium: 0.33, large: 0.474 } as const;

/** Samples against a baseline: whether they are surely worse, and by enough to matter. */
export function judgeStatistical(criterion: StatisticalCriterion, world: World): Judgement {
  const { metric, direction, alpha, effect, atLeast } = criterion;
  const measurement = findMeasurement(metric, world);
  const expected = `no ${effect} worsening against the baseline (p <= ${alpha}, |delta| >= ${EFFECT_SIZES[effect]})`;
  const { samples = [], baseline = [], unit } = measurement;
  if (measurement.missing !== undefined) return judgeMissing(metric, expected, measurement.missing);
  if (samples.length < atLeast || baseline.length < atLeast) {
    return judgeMissing(metric, expected, {
      code: 'samples-too-few',
      message: `There are ${samples.length} samples and ${baseline.length} of the baseline, ${atLeast} of each needed.`,
      hint: `Give ${metric} as { samples: […], baseline: […] } with ${atLeast} or more of each.`,
    });
  }
  const test = direction === 'lower' ? compareRanks(samples, baseline) : compareRanks(baseline, samples);
  if (test.least > alpha) {
    return judgeMissing(metric, expected, {
      code: 'samples-too-few',
      message: `So few samples cannot be sure to ${alpha}, whatever they are.`,
      hint: 'Give more samples, or raise `alpha`.',
    });
  }
  return describe(criterion, test, {
    expected,
    value: computeMean(samples),
    compared: computeMean(baseline),
    ...(unit === undefined ? {} : { unit }),
    medians: [samples, baseline].map((each) => formatAmount(computePercentile(each, 0.5), unit)),
  });
}

interface Seen {
  readonly expected: string;
  readonly value: number;
  readonly compared: number;
  readonly unit?: string;
  readonly medians: readonly string[];
}

function describe({ metric, alpha, effect }: StatisticalCriterion, test: RankTest, seen: Seen): Judgement {
  const { medians, ...numbers } = seen;
  const sure = test.p <= alpha;
  const outcome =
    sure && test.delta >= EFFECT_SIZES[effect]
      ? 'fail'
      : sure && test.delta >= EFFECT_SIZES.small
        ? 'warn'
        : 'pass';
  const size = nameEffect(test.delta);
  const found =
    outcome === 'fail'
      ? `worse, surely and by a ${size} effect`
      : sure
        ? `worse, surely but by a ${size} effect only`
        : 'not surely worse';
  const facts = `p = ${formatChance(test.p)}, ${test.method}; Cliff's delta ${test.delta.toFixed(3)}, A12 ${test.a12.toFixed(3)}`;
  const changes = {
    fail: `It would pass with p above ${alpha}, or an effect below ${EFFECT_SIZES.small}.`,
    warn: `It would pass with p above ${alpha}, or an effect below ${EFFECT_SIZES.small}; it would fail from ${EFFECT_SIZES[effect]} on.`,
    pass: `It would fail with p of ${alpha} or less together with an effect of ${EFFECT_SIZES[effect]} or more.`,
  } as const;
  return {
    ...numbers,
    outcome,
    difference: Number((test.delta - EFFECT_SIZES[effect]).toPrecision(12)),
    text: `${metric} has a median of ${medians[0]} against ${medians[1]}: ${found} (${facts}).`,
    wouldChange: changes[outcome],
  };
}

function nameEffect(delta: number): string {
  if (delta >= EFFECT_SIZES.large) return 'large';
  if (delta >= EFFECT_SIZES.medium) return 'medium';
  return delta >= EFFECT_SIZES.small ? 'small' : 'negligible';
}

export function formatChance(p: number): string {
  return p < 0.0001 ? 'less than 0.0001' : p.toFixed(4);
}
