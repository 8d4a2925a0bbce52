import type { Gate } from '#contracts/judgement/gate.js';
import type { GateResult } from '#contracts/judgement/gate-result.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { Json } from '#domain/json.js';
import { computeDigest } from '#domain/plan/digest.js';
import type { EarlierRun } from '#gates/gate/read-history.js';
import type { MeasuredValue } from '#persistence/entities/gate-result.entity.js';
import type { EarlierRow } from '#persistence/gates/gate-result-repository.js';

/** Greater with each change of what a gate says of the same inputs: results from before are not found again. */
const JUDGEMENT = 1;

/** What is handed in. */
export interface Given {
  readonly gate: Gate;
  /** In the order of their names. */
  readonly measurements: readonly Measurement[];
  readonly risk: number | undefined;
  /** Which change it is: what was measured of another one may be the same. */
  readonly subject: {
    readonly commit: string | undefined;
    readonly run: string | undefined;
    readonly step: string | undefined;
    readonly labels: Readonly<Record<string, string>>;
  };
}

export function writeGivenDigest(given: Given): string {
  return computeDigest({ judgement: JUDGEMENT, ...given } as unknown as Json);
}

/** Of all that decides. */
export function writeDigest(given: string, runs: readonly EarlierRun[]): string {
  const history = runs.map(({ values, ...run }) => ({ ...run, values: [...values] }));
  return computeDigest({ given, history } as unknown as Json);
}

/** What later runs are compared with: of each metric the value that was judged. */
export function listMeasured({ criteria }: GateResult): readonly MeasuredValue[] {
  const values = new Map<string, MeasuredValue>();
  for (const { metric, value, unit } of criteria) {
    if (metric === undefined || value === undefined) continue;
    values.set(metric, { metric, value, ...(unit === undefined ? {} : { unit }) });
  }
  return [...values.values()];
}

export function toEarlierRun({ at, outcome, measured, afterwards }: EarlierRow): EarlierRun {
  return {
    at: at.getTime(),
    outcome,
    values: new Map(measured.map(({ metric, ...value }) => [metric, value])),
    ...(afterwards === null ? {} : { afterwards }),
  };
}
