import type { Gate } from '#contracts/judgement/gate.js';
import type { GateSubject } from '#contracts/judgement/gate-subject.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { Json } from '#domain/json.js';
import { computeDigest } from '#domain/plan/digest.js';
import type { EarlierRun } from '../gate/read-history.js';

/** Greater with each change of what a gate says of the same inputs: results from before are not found again. */
const JUDGEMENT = 2;

/** What is handed in. */
interface Given {
  readonly gate: Gate;
  /** In the order of their names. */
  readonly measurements: readonly Measurement[];
  readonly risk: number | undefined;
  /** Which change it is: what was measured of another one may be the same. */
  readonly subject: GateSubject;
}

/** A step is one change, whatever each of its attempts measures. */
interface GivenByStep {
  readonly gate: Gate;
  readonly run: string;
  readonly step: string;
}

export function writeGivenDigest(given: Given | GivenByStep): string {
  return computeDigest({ judgement: JUDGEMENT, ...given } as unknown as Json);
}

/** Of all that decides. */
export function writeDigest(given: string, runs: readonly EarlierRun[]): string {
  const history = runs.map(({ values, ...run }) => ({ ...run, values: [...values] }));
  return computeDigest({ given, history } as unknown as Json);
}
