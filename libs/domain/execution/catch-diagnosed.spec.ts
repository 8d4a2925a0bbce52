import { describe, expect, it } from '@jest/globals';
import { STRATEGIES } from '../failures/strategy.js';
import type { FailureClass, StepDiagnosis, StepError } from './step-error.js';
import { planFrom } from './testing/plan-from.js';
import { simulateRun } from './testing/simulate-run.js';

const LIMITED: StepDiagnosis = {
  class: 'rate-limit',
  category: 'api_rate_limit',
  confidence: 0.8,
  remediation: 'Wait.',
  strategy: STRATEGIES['rate-limit'],
};

function catchBy(name: string, told: FailureClass, diagnosis?: StepDiagnosis): boolean {
  const plan = planFrom(`guarded:
  try:
    steps: { call: { DO } }
    catch: [{ errors: [${name}], steps: { later: { DO } } }]`);
  const error: StepError = {
    class: told,
    code: 'command-failed',
    message: 'x',
    ...(diagnosis === undefined ? {} : { diagnosis }),
  };
  const run = simulateRun(plan, {}, { act: (step) => (step === 'call' ? { error } : { output: null }) });
  return run.actions.some(({ step }) => step === 'later');
}

describe('a catch', () => {
  it.each([
    ['rate-limit', 'unknown', LIMITED],
    ['unknown', 'unknown', LIMITED],
    ['command-failed', 'unknown', LIMITED],
    ['timeout', 'timeout', LIMITED],
  ] as const)('by %s takes what was told as %s, and diagnosed', (name, told, diagnosis) => {
    expect(catchBy(name, told, diagnosis)).toBe(true);
  });

  it.each([
    ['rate-limit', 'unknown', undefined],
    ['rate-limit', 'timeout', LIMITED],
    ['auth', 'unknown', LIMITED],
  ] as const)('by %s does not take what was told as %s (%j)', (name, told, diagnosis) => {
    expect(catchBy(name, told, diagnosis)).toBe(false);
  });
});
