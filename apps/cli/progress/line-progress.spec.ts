import { describe, expect, it } from '@jest/globals';
import type { StepView } from '#contracts/rest/runs.js';
import { anAttempt, aRunningStep, aStep, aWaitingApproval } from '../testing/views.js';
import { describeChange } from './line-progress.js';

const exitCode = { class: 'code', code: 'exit-code', message: 'It ended with 1.' } as const;
const failedOnce = anAttempt({ status: 'failed', error: exitCode });
const running = aRunningStep();

describe('describeChange', () => {
  it.each<[string, StepView | undefined, StepView, string[]]>([
    ['nothing of a step that waits', undefined, aStep({ status: 'pending', attempts: [] }), []],
    ['a start', undefined, running, ['running']],
    ['nothing when nothing is new', running, running, []],
    ['a success with its time', running, aStep(), ['succeeded in 1.0s']],
    [
      'an attempt that failed, once',
      running,
      { ...running, attempts: [failedOnce] },
      ['attempt 1 failed (exit-code: It ended with 1.)'],
    ],
    [
      'nothing of an attempt said before',
      { ...running, attempts: [failedOnce] },
      { ...running, attempts: [failedOnce, anAttempt({ attempt: 2 })] },
      [],
    ],
    [
      'an attempt lost',
      running,
      { ...running, attempts: [anAttempt({ status: 'lost' })] },
      ['attempt 1 lost with its worker'],
    ],
    [
      'a failure with its error',
      running,
      aStep({ status: 'failed', error: exitCode, attempts: [failedOnce] }),
      ['failed in 1.0s: exit-code: It ended with 1.'],
    ],
    [
      'what a step waits for',
      running,
      aWaitingApproval(),
      ['waiting for approval by approver, user:bob (0 of 2)'],
    ],
    ['nothing of a step that waits on', aWaitingApproval(), aWaitingApproval(), []],
    [
      'a failed attempt of a step that waits for a person',
      running,
      aRunningStep({ status: 'waiting', waitingFor: 'intervention', attempts: [failedOnce] }),
      ['attempt 1 failed (exit-code: It ended with 1.)', 'waiting for a person: retry, skip or complete'],
    ],
    ['what was taken over', undefined, aStep({ reused: true, attempts: [] }), ['succeeded (reused)']],
    [
      'why a step is skipped',
      undefined,
      aStep({ status: 'skipped', skipped: 'condition', attempts: [] }),
      ['skipped (condition)'],
    ],
  ])('tells %s', (_name, before, after, expected) => {
    expect(describeChange(before, after)).toEqual(expected);
  });
});
