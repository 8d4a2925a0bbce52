import { describe, expect, it } from '@jest/globals';
import type { StepView } from '#contracts/rest/runs.js';
import { anApproval, anAttempt, aRunningStep, aStep, aWaitingApproval } from '../testing/views.js';
import { arrangeSteps } from './step-rows.js';
import { renderStepTable } from './step-table.js';
import { styleOf } from './style.js';

const plain = styleOf({ colours: false });
const NOW = Date.parse('2026-11-21T12:00:05.000Z');

function pending(key: string, over: Partial<StepView> = {}): StepView {
  const { startedAt: _, endedAt: __, ...rest } = aStep({ key, status: 'pending', attempts: [] });
  return { ...rest, ...over };
}

describe('renderStepTable', () => {
  it('shows tree, status, attempts, time and what is worth knowing', () => {
    const steps = [
      aStep({
        key: 'build',
        kind: 'stage',
        depth: 0,
        status: 'failed',
        attempts: [],
        endedAt: '2026-11-21T12:00:03.000Z',
      }),
      aStep({
        key: 'unit',
        action: 'command/run',
        status: 'failed',
        attempts: [anAttempt({ status: 'failed' }), anAttempt({ attempt: 2, status: 'failed' })],
        error: { class: 'test', code: 'exit-code', message: 'It ended with 1.' },
      }),
      aRunningStep({
        key: 'lint',
        attempts: [anAttempt({ status: 'lost' }), anAttempt({ attempt: 2, status: 'running' })],
      }),
      pending('ship', { status: 'skipped', skipped: 'upstream-failed' }),
    ];
    const { action: _, ...stage } = steps[0]!;
    expect(renderStepTable([stage, ...steps.slice(1)], NOW, plain)).toEqual([
      '  STEP    KIND         STATUS   ATTEMPTS  TIME',
      '✗ build   stage        failed             3.0s',
      '  ✗ unit  command/run  failed   2         1.0s  exit-code: It ended with 1.',
      '  ▸ lint  log/write    running  2         5.0s  1 lost with their worker',
      '  - ship  log/write    skipped                  upstream-failed',
    ]);
  });

  it.each<[Partial<StepView>, string]>([
    [{}, 'for approval by approver, user:bob (0 of 2)'],
    [{ approval: anApproval() }, 'for approval by approver'],
    [
      { approval: anApproval({ quorum: 2, votes: [{ by: 'ann', decision: 'approved', at: 0 }] }) },
      'for approval by approver (1 of 2)',
    ],
    [{ waitingFor: 'event', event: 'build\u001b[2J' }, 'for event build␛[2J'],
    [{ waitingFor: 'claims' }, 'for its locks and resources'],
    [
      {
        waitingFor: 'intervention',
        error: { class: 'code', code: 'exit-code', message: 'It ended with 1.' },
      },
      'for a person: retry, skip or complete · exit-code: It ended with 1.',
    ],
    [{ waitingFor: 'rain' as never }, 'for rain'],
  ])('says what a step waits for: %j', (over, note) => {
    const [, line] = renderStepTable([aWaitingApproval(over)], NOW, plain);
    expect(line).toBe(`  ◇ sign-off  approval  waiting            5.0s  ${note}`);
  });

  it.each<[Partial<StepView>, string]>([
    [{ approval: anApproval({ votes: [{ by: 'ann', decision: 'approved', at: 0 }] }) }, 'approved by ann'],
    [
      {
        approval: anApproval({
          votes: [
            { by: 'ann', decision: 'approved', at: 0 },
            { by: 'bob', decision: 'rejected', at: 0, reason: 'too late' },
          ],
        }),
      },
      'rejected by bob: too late',
    ],
    [{ reused: true }, 'reused'],
  ])('says what became of a step: %j', (over, note) => {
    const [, line] = renderStepTable([aStep(over)], NOW, plain);
    expect(line).toBe(`  ✓ greet  log/write  succeeded  1         1.0s  ${note}`);
  });

  it('colours nothing but the symbols', () => {
    const [, line] = renderStepTable([aStep({ key: 'a' })], NOW, styleOf({ colours: true }));
    expect(line?.startsWith('  \u001b[32m✓\u001b[39m a ')).toBe(true);
  });
});

describe('arrangeSteps', () => {
  it('shows the instances of a loop instead of the step itself', () => {
    const rows = arrangeSteps([
      pending('deploy'),
      pending('after'),
      aStep({ key: 'deploy[0]' }),
      aRunningStep({ key: 'deploy[1]' }),
    ]);
    expect(rows.map((row) => (row.type === 'step' ? row.step.key : row.id))).toEqual([
      'deploy[0]',
      'deploy[1]',
      'after',
    ]);
  });

  it('shows the first of many instances that wait', () => {
    const steps = Array.from({ length: 100 }, (_, index) => aStep({ key: `ask[${index}]` }));
    steps[50] = aWaitingApproval({ key: 'ask[50]' });
    const [first, ...rest] = arrangeSteps(steps);
    expect(first).toMatchObject({
      counts: [
        ['waiting', 1],
        ['succeeded', 99],
      ],
    });
    expect(rest.map((row) => row.type === 'step' && row.step.key)).toEqual(['ask[50]']);
  });

  it('counts many instances, and shows the failed ones and those that a worker has in hand', () => {
    const steps = Array.from({ length: 100 }, (_, index) => {
      const key = `shard[${index}]`;
      return index === 7
        ? aStep({ key, status: 'failed' })
        : index > 90
          ? aRunningStep({ key, ...(index === 92 && { attempts: [] }) })
          : aStep({ key });
    });
    const [first, ...rest] = arrangeSteps(steps);
    expect(first).toEqual({
      type: 'instances',
      id: 'shard',
      depth: 1,
      counts: [
        ['failed', 1],
        ['running', 9],
        ['succeeded', 90],
      ],
    });
    expect(rest.map((row) => row.type === 'step' && row.step.key)).toEqual([
      'shard[7]',
      ...[91, 93, 94, 95, 96, 97, 98, 99].map((index) => `shard[${index}]`),
    ]);
  });
});
