import type { Adaptation, Condition } from '#contracts/judgement/gate.js';
import { computePercentile, listValues } from '../evaluate/earlier.js';
import { formatAmount, writeCondition } from '../gate/condition.js';
import type { EarlierRun } from '../gate/read-history.js';
import { convert, round } from '../gate/units.js';

export interface Lesson {
  readonly metric: string;
  readonly written: Condition;
  readonly adapt: Adaptation;
  /** In which values are compared. */
  readonly unit: string | undefined;
  readonly history: readonly EarlierRun[];
}

export type Learning =
  | { readonly condition?: undefined; readonly reason: string }
  | {
      readonly condition: Condition;
      readonly reason: string;
      /** Moves a limit of the same criterion as far, within the floor. */
      readonly follow: (other: Condition) => Condition;
    };

/** Runs that ended badly, below which they say nothing about a limit. */
const MIN_BAD = 3;

/** Turns a median absolute deviation into what is comparable to a standard deviation. */
const SCALE = 1.4826;

/** Such deviations beyond which a value is none of the usual ones. */
const OUTLIER = 3;

/**
 * The limit that earlier runs teach: a high quantile of what was measured when all was well afterwards, outliers by the
 * median absolute deviation left out (C. Leys et al., "Detecting outliers", Journal of Experimental Social Psychology
 * 49(4), 2013), and one such deviation beside it, since a limit at the quantile itself would fail good runs, of which
 * the next limit would not know. Not beyond the median of what was measured when all was not well, and never looser than
 * the floor.
 */
export function learnLimit({ metric, written, adapt, unit, history }: Lesson): Learning {
  const up = written.sign.startsWith('>');
  const limits = [adapt.floor, written].map((each) => convert(each.amount, each.unit, unit));
  if (limits.includes(undefined)) {
    return { reason: `what is measured in ${unit} cannot be compared with it` };
  }
  const known = history.filter(({ afterwards }) => afterwards !== undefined).slice(0, adapt.last);
  // Turned over where more is better, so that below less is better.
  const read = (wanted: EarlierRun['afterwards']) =>
    listValues(
      known.filter(({ afterwards }) => afterwards === wanted),
      metric,
      unit,
    ).map((value) => (up ? -value : value));
  const [good, bad] = [read('good'), read('bad')];
  if (good.length < adapt.atLeast) {
    return { reason: `${good.length} runs are known to have ended well, ${adapt.atLeast} needed` };
  }
  const { usual, room } = leaveOutliers(good);
  const quantile = computePercentile(usual, adapt.quantile / 100);
  const fair = quantile + room;
  const warning = bad.length < MIN_BAD ? undefined : computePercentile(bad, 0.5);
  // Where bad runs look like good ones, the metric cannot tell them apart.
  const capped = warning !== undefined && warning > computePercentile(usual, 0.5) && warning < fair;
  const learnt = capped ? warning : fair;
  const [floor, start] = limits.map((amount) => (up ? -amount! : amount!)) as [number, number];
  const amount = Math.min(learnt, floor);
  const reasons = [
    `learnt from ${good.length} runs that ended well and ${bad.length} that did not: ${formatAmount(adapt.quantile, '%')} of the first were no worse than ${formatAmount(up ? -quantile : quantile, unit)}, and ${formatAmount(room, unit)} is left to chance`,
    ...(capped ? [`half of the second were worse than ${formatAmount(up ? -warning : warning, unit)}`] : []),
    ...(learnt > floor ? [`the floor is ${adapt.floor.text}`] : []),
  ];
  const at = (condition: Condition, value: number): Condition =>
    writeCondition({
      sign: condition.sign,
      of: 'absolute',
      amount: round(up ? -value : value),
      ...(unit === undefined ? {} : { unit }),
    });
  return {
    condition: at(written, amount),
    reason: reasons.join('; '),
    follow: (other) => {
      if (other.of !== 'absolute' || other.sign[0] !== written.sign[0]) return other;
      const before = convert(other.amount, other.unit, unit);
      if (before === undefined) return other;
      return at(other, Math.min((up ? -before : before) + (amount - start), Math.max(floor, amount)));
    },
  };
}

interface Usual {
  readonly usual: readonly number[];
  /** Their scaled deviation. */
  readonly room: number;
}

/** Without those at the worse end that lie far from the rest. */
function leaveOutliers(values: readonly number[]): Usual {
  const middle = computePercentile(values, 0.5);
  const deviation = SCALE * computeDeviation(values, middle);
  const usual = deviation === 0 ? values : values.filter((value) => value - middle <= OUTLIER * deviation);
  if (usual.length === values.length) return { usual, room: deviation };
  return { usual, room: SCALE * computeDeviation(usual, computePercentile(usual, 0.5)) };
}

/** The median of the distances from the median. */
function computeDeviation(values: readonly number[], middle: number): number {
  return computePercentile(
    values.map((value) => Math.abs(value - middle)),
    0.5,
  );
}
