import type { FailureClass } from '../../execution/step-error.js';
import { compile } from '../../plan/compile.js';
import { TEST_ACTIONS } from '../../validation/testing/actions.js';
import { readDefinition } from '../../validation/validate.js';
import type { RecordedRun, RecordedStep } from '../recorded-run.js';

/** A definition with its Plan; throws with the findings where it is not valid. */
export function define(text: string) {
  const { definition, findings } = readDefinition(text, TEST_ACTIONS);
  if (definition === undefined) throw new Error(JSON.stringify(findings, null, 2));
  return { definition, plan: compile(definition, TEST_ACTIONS), text };
}

/** Milliseconds of a step that succeeded; or its attempts: milliseconds, and why each failed. */
export type Taken = number | 'skipped' | readonly (readonly [ms: number, failure?: FailureClass])[];

/** A run whose steps took so long, one after the other. Steps in stages `main`, version 1. */
export function record(index: number, steps: Readonly<Record<string, Taken>>, version = 1): RecordedRun {
  const recorded = Object.entries(steps).map(([key, taken]) => [key, toStep(taken)] as const);
  return {
    id: `run-${index}`,
    version,
    succeeded: recorded.every(([, { status }]) => status !== 'failed'),
    ms: recorded.reduce((sum, [, { ms }]) => sum + ms, 0),
    steps: new Map(recorded),
  };
}

function toStep(taken: Taken): RecordedStep {
  if (taken === 'skipped') return { status: 'skipped', ms: 0, attempts: [] };
  const attempts = typeof taken === 'number' ? [[taken] as const] : taken;
  return {
    status: attempts.at(-1)![1] === undefined ? 'succeeded' : 'failed',
    ms: attempts.reduce((sum, [ms]) => sum + ms, 0),
    attempts: attempts.map(([ms, failure]) => ({ ms, ...(failure === undefined ? {} : { failure }) })),
  };
}

export function repeat(times: number, make: (index: number) => RecordedRun): RecordedRun[] {
  return Array.from({ length: times }, (_, index) => make(index));
}
