import type { FailureClass } from '../execution/step-error.js';

/** What is known of a run that has ended, as far as time and failure go. */
export interface RecordedRun {
  readonly id: string;
  readonly version: number;
  readonly succeeded: boolean;
  /** Milliseconds from its start to its end. */
  readonly ms: number;
  /** By step key; those that it came to. */
  readonly steps: ReadonlyMap<string, RecordedStep>;
}

export interface RecordedStep {
  readonly status: 'succeeded' | 'failed' | 'skipped' | 'canceled';
  /** Milliseconds from its start to its end, pauses between attempts included; 0 where it was skipped. */
  readonly ms: number;
  /** In their order; of what is no action there are none. */
  readonly attempts: readonly RecordedAttempt[];
}

export interface RecordedAttempt {
  readonly ms: number;
  /** Absent where it succeeded. */
  readonly failure?: FailureClass;
}

/** `deploy[2][0]` is an instance of the step `deploy`. */
function stepIdOf(key: string): string {
  const bracket = key.indexOf('[');
  return bracket < 0 ? key : key.slice(0, bracket);
}

/** Every instance of a step in all runs. */
export function listInstances(
  runs: readonly RecordedRun[],
): ReadonlyMap<
  string,
  readonly { readonly run: RecordedRun; readonly key: string; readonly step: RecordedStep }[]
> {
  const instances = new Map<string, { run: RecordedRun; key: string; step: RecordedStep }[]>();
  for (const run of runs) {
    for (const [key, step] of run.steps) {
      const id = stepIdOf(key);
      const known = instances.get(id);
      if (known === undefined) instances.set(id, [{ run, key, step }]);
      else known.push({ run, key, step });
    }
  }
  return instances;
}
