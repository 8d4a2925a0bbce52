import type { Gate } from '#contracts/judgement/gate.js';
import type { Outcome } from '#contracts/judgement/gate-result.js';
import type { Measurement, MissingReason } from '#contracts/judgement/measurement.js';
import type { EarlierRun } from '../gate/read-history.js';

/** What a criterion is judged by. */
export interface World {
  readonly gate: Gate;
  readonly measurements: ReadonlyMap<string, Measurement>;
  /** The latest first. */
  readonly history: readonly EarlierRun[];
  /** 0 to 100. */
  readonly risk?: number;
}

/** What became of one criterion, before weights and what may be missing. */
export interface Judgement {
  readonly outcome: Outcome | 'info';
  readonly value?: number;
  readonly unit?: string;
  readonly compared?: number;
  readonly expected: string;
  readonly difference?: number;
  readonly text: string;
  readonly wouldChange?: string;
}

export function findMeasurement(metric: string, { measurements }: World): Measurement {
  return (
    measurements.get(metric) ?? {
      metric,
      source: 'nowhere',
      missing: {
        code: 'metric-not-given',
        message: 'It was not given, and the gate does not say where it comes from.',
        hint: `Give it with --metrics: { ${JSON.stringify(metric)}: … }.`,
      },
    }
  );
}

/** The one number of a measurement: of samples their mean. */
export function numberOf({ value, samples }: Measurement): number | undefined {
  const number = value ?? (samples === undefined || samples.length === 0 ? undefined : computeMean(samples));
  // JSON knows no negative zero.
  return number === 0 ? 0 : number;
}

export function computeMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** There is no number to judge. */
export function judgeMissing(metric: string, expected: string, reason: MissingReason): Judgement {
  return {
    outcome: 'inconclusive',
    expected,
    text: `${metric} is not known, asked for ${expected}. ${reason.message}`,
    wouldChange: reason.hint,
  };
}
