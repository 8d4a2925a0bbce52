import type { Gate } from '#contracts/judgement/gate.js';
import type { GateResult } from '#contracts/judgement/gate-result.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import { evaluateGate } from '../evaluate/evaluate-gate.js';
import { readGate } from '../gate/read-gate.js';
import type { EarlierRun } from '../gate/read-history.js';

/** Throws where the text is none. */
export function requireGate(text: string): Gate {
  const { gate, findings } = readGate(text);
  if (gate === undefined) throw new Error(JSON.stringify(findings, null, 1));
  return gate;
}

export const AT = '2030-01-31T08:00:00.000Z';

export type Given = Readonly<Record<string, number | Omit<Measurement, 'metric' | 'source'>>>;

/** By metric: a number, or what else a measurement holds. */
export function measure(given: Given): readonly Measurement[] {
  return Object.entries(given).map(([metric, each]) =>
    typeof each === 'number' ? { metric, source: 'test', value: each } : { metric, source: 'test', ...each },
  );
}

/** Runs of one metric, the latest first, each a day before the one above. */
export function earlier(
  metric: string,
  values: readonly number[],
  more: Partial<Omit<EarlierRun, 'values'>> = {},
): readonly EarlierRun[] {
  return values.map((value, index) => ({
    at: Date.parse(AT) - (index + 1) * 86_400_000,
    outcome: 'pass',
    values: new Map([[metric, { value }]]),
    ...more,
  }));
}

export interface Situation {
  readonly given: Given;
  readonly runs?: readonly EarlierRun[];
  readonly risk?: number;
}

export function judge(gate: string | Gate, { given, runs = [], risk }: Situation): GateResult {
  return evaluateGate(typeof gate === 'string' ? requireGate(gate) : gate, {
    measurements: measure(given),
    history: { runs, notes: [] },
    ...(risk === undefined ? {} : { risk }),
    at: AT,
  });
}
