import type {
  ChangeFactors,
  ConfidenceLevel,
  RiskConfidence,
  RiskContext,
} from '#contracts/judgement/risk.js';
import { computeFeatures, FEATURES } from '../model/features.js';
import { PAST_LENGTH, type Past } from '../model/past.js';
import type { RiskModel } from '../model/risk-model.js';
import type { Judged } from './judge.js';

const DAY = 86_400;
/** McIntosh and Kamei 2018: retrain within three months; within a year most of what was learnt is lost. */
const FRESH_DAYS = 90;
const OLD_DAYS = 365;
/** So many latest changes say well enough where a change stands among them. */
const ENOUGH_PAST = 200;

const LEVEL_FROM: readonly (readonly [ConfidenceLevel, number])[] = [
  ['high', 0.75],
  ['medium', 0.5],
];

/** Ranges are kept as 32-bit numbers. */
const ROUNDING = 1e-5;

interface Doubt {
  /** What is left of the confidence, 0 to 1. */
  readonly leaves: number;
  readonly reason: string;
}

/** The product of what each doubt leaves: 1 without any. */
export function computeConfidence(judged: Judged): RiskConfidence {
  const doubts = [
    doubtReach(judged),
    doubtPast(judged.past),
    doubtModel(judged.model, judged.context),
    doubtHistory(judged.context),
    doubtEmpty(judged.change),
  ].filter((doubt) => doubt !== undefined);
  const value = doubts.reduce((all, { leaves }) => all * leaves, 1);
  return {
    value: Math.round(100 * value) / 100,
    level: LEVEL_FROM.find(([, from]) => value >= from)?.[0] ?? 'low',
    reasons: doubts.map(({ reason }) => reason),
  };
}

/** How many of its numbers lie beyond those of nearly all changes that the model learnt from. */
function doubtReach({ model, change, past }: Judged): Doubt | undefined {
  const row = computeFeatures(change, past, model.reference);
  const own = isOwn(model);
  const seen = FEATURES.map((feature, at) => ({ ...feature, at })).filter(
    // A rank is never beyond; a number that depends on the project is not looked at by a model of several.
    ({ rank, portable }) => !rank && (portable || own),
  );
  const beyond = seen.filter(({ at }) => {
    const [least, most] = model.ranges[at]!;
    return row[at]! < least - ROUNDING || row[at]! > most + ROUNDING;
  });
  if (beyond.length === 0) return undefined;
  const factors = [...new Set(beyond.map(({ factor }) => factor))];
  return {
    leaves: 1 - 0.8 * Math.min(1, (2 * beyond.length) / seen.length),
    reason: `unlike nearly all changes that the model learnt from: ${factors.join(', ')}`,
  };
}

function doubtPast(past: Past): Doubt | undefined {
  if (past.length >= ENOUGH_PAST) return undefined;
  return {
    leaves: 0.6 + (0.4 * past.length) / ENOUGH_PAST,
    reason:
      past.length === 0
        ? 'no earlier change is known to compare with'
        : `only ${past.length} earlier changes are known to compare with; ${PAST_LENGTH} would be best`,
  };
}

function doubtModel(model: RiskModel, { now }: RiskContext): Doubt | undefined {
  if (!isOwn(model))
    return { leaves: 0.8, reason: 'the model learnt from other projects, not from this one' };
  if (now === undefined) return undefined;
  const age = (now - model.trainedOn.to) / DAY;
  if (age <= FRESH_DAYS) return undefined;
  return {
    leaves: 1 - 0.5 * Math.min(1, (age - FRESH_DAYS) / (OLD_DAYS - FRESH_DAYS)),
    reason: `the model knows nothing of the last ${Math.round(age)} days; train it again every ${FRESH_DAYS}`,
  };
}

function doubtHistory({ historyIncomplete }: RiskContext): Doubt | undefined {
  return historyIncomplete
    ? {
        leaves: 0.6,
        reason: 'the history is cut (a shallow clone): earlier changes and experience count too low',
      }
    : undefined;
}

function doubtEmpty({ nf }: ChangeFactors): Doubt | undefined {
  return nf === 0
    ? {
        leaves: 0.5,
        reason: 'no file is changed that existed before: the model learnt from such changes only',
      }
    : undefined;
}

/** Whether the model learnt from one project, which is then taken to be this one. */
function isOwn(model: RiskModel): boolean {
  return model.trainedOn.projects.length === 1;
}
