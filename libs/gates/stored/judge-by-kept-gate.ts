import type { Gate } from '#contracts/judgement/gate.js';
import type { GateResult, Outcome } from '#contracts/judgement/gate-result.js';
import type {
  ActiveBypass,
  Author,
  EarlierResult,
  GateStore,
  KeptGate,
  KeptResult,
  MeasuredValue,
  ResultDraft,
  StepGo,
} from '#contracts/judgement/gate-store.js';
import type { GateSubject } from '#contracts/judgement/gate-subject.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import { evaluateGate } from '../evaluate/evaluate-gate.js';
import { selectHistory } from '../evaluate/select-history.js';
import type { EarlierRun } from '../gate/read-history.js';
import { writeDigest, writeGivenDigest } from './result-digest.js';

/** No criterion looks further back. */
const MAX_EARLIER = 1_000;

/** What is to be judged, and by which gate. */
export interface Judging {
  readonly kept: KeptGate;
  readonly version: number;
  /** What that version asks for. */
  readonly gate: Gate;
  readonly measurements: readonly Measurement[];
  /** 0 to 100. */
  readonly risk: number | undefined;
  readonly subject: GateSubject;
  /** Where a step asks. */
  readonly go?: StepGo;
  /** Outcomes that hold up whoever asks, beside those that are no pass. */
  readonly holdsUp?: readonly Outcome[];
}

/** What a gate says of a change: kept, or found again. */
export interface Judged<R, B> {
  readonly row: R;
  /** The one that lasts. */
  readonly bypass: B | undefined;
  /** It is new, and kept. */
  readonly created: boolean;
}

/** What a gate would say: found again, or worked out and not kept. */
export interface Rehearsed<R, B> {
  readonly found: R | undefined;
  readonly draft: ResultDraft | undefined;
  readonly bypass: B | undefined;
}

/** Judges a change by a gate that is kept, with its earlier results, and keeps what it says: the same inputs have one result. */
export async function judgeByKeptGate<R extends KeptResult, B extends ActiveBypass>(
  store: GateStore<R, B>,
  judging: Judging,
  author: Author,
): Promise<Judged<R, B>> {
  const { found, draft, bypass } = await rehearseKeptGate(store, judging);
  if (draft === undefined) return repeat(store, found!, bypass, judging.holdsUp);
  const { row, created } = await store.keep(draft, author);
  return created ? { row, bypass, created } : repeat(store, row, bypass, judging.holdsUp);
}

/** The same, and nothing is kept. */
export async function rehearseKeptGate<R extends KeptResult, B extends ActiveBypass>(
  store: GateStore<R, B>,
  judging: Judging,
): Promise<Rehearsed<R, B>> {
  const { kept, version, gate, risk, subject, go } = judging;
  const measurements = judging.measurements.toSorted((a, b) => (a.metric < b.metric ? -1 : 1));
  const given = { gate, measurements, risk, subject };
  const givenDigest = writeGivenDigest(given);
  const ownDigest = go === undefined ? givenDigest : writeGivenDigest({ gate, run: go.run, step: go.step });
  const earlier = await store.listEarlier(kept.id, ownDigest, MAX_EARLIER);
  const runs = selectHistory(gate, earlier.map(toEarlierRun));
  const digest = writeDigest(givenDigest, runs);
  const bypass = await store.findBypass(kept.id);
  const found = await store.findByDigest(kept.id, digest);
  if (found !== undefined) return { found, draft: undefined, bypass };
  const result = evaluateGate(gate, {
    measurements,
    history: { runs, notes: [] },
    at: new Date().toISOString(),
    ...(risk === undefined ? {} : { risk }),
  });
  const draft: ResultDraft = {
    gate: kept,
    version,
    givenDigest: ownDigest,
    digest,
    result,
    measured: listMeasured(result),
    subject,
    ...(go === undefined ? {} : { go }),
    bypassId: bypass !== undefined && isHeldUp(result, judging.holdsUp) ? bypass.id : null,
  };
  return { found: undefined, draft, bypass };
}

/** Who is let through now is noted with what was found again. */
export async function repeat<R extends KeptResult, B extends ActiveBypass>(
  store: Pick<GateStore<R, B>, 'noteBypass'>,
  row: R,
  bypass: B | undefined,
  holdsUp: readonly Outcome[] | undefined,
): Promise<Judged<R, B>> {
  const isNoted = bypass === undefined || row.bypass !== null || !isHeldUp(row, holdsUp);
  return { row: isNoted ? row : await store.noteBypass(row, bypass.id), bypass, created: false };
}

export function hasPassed({ outcome }: Pick<GateResult, 'outcome'>): boolean {
  return outcome === 'pass' || outcome === 'warn';
}

/** Whether it stops who asks, unless there is a bypass. */
export function isHeldUp(result: Pick<GateResult, 'outcome'>, holdsUp: readonly Outcome[] = []): boolean {
  return !hasPassed(result) || holdsUp.includes(result.outcome);
}

/** What later runs are compared with: of each metric the value that was judged. */
function listMeasured({ criteria }: GateResult): readonly MeasuredValue[] {
  const values = new Map<string, MeasuredValue>();
  for (const { metric, value, unit } of criteria) {
    if (metric === undefined || value === undefined) continue;
    values.set(metric, { metric, value, ...(unit === undefined ? {} : { unit }) });
  }
  return [...values.values()];
}

function toEarlierRun({ at, outcome, measured, afterwards }: EarlierResult): EarlierRun {
  return {
    at: at.getTime(),
    outcome,
    values: new Map(measured.map(({ metric, ...value }) => [metric, value])),
    ...(afterwards === null ? {} : { afterwards }),
  };
}
