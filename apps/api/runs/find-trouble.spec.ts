import { describe, expect, it } from '@jest/globals';
import type { PendingTask } from '#contracts/temporal-port.js';
import { findTrouble } from './find-trouble.js';

const NOW = Date.UTC(2026, 10, 21, 12);
const pending = (task: Partial<PendingTask>): PendingTask => ({
  attempt: 1,
  taken: true,
  since: NOW - 3_600_000,
  ...task,
});

describe('findTrouble', () => {
  it.each<[string, PendingTask | undefined, object | undefined]>([
    ['a run that waits', undefined, undefined],
    ['a task that a worker has, however long', pending({}), undefined],
    ['a task that is new', pending({ taken: false, since: NOW - 59_999 }), undefined],
    ['a task that was lost with its worker', pending({ attempt: 3 }), undefined],
    ['a task that nobody takes', pending({ taken: false }), { code: 'not-taken' }],
    [
      'a task that fails again and again, also between two attempts',
      pending({ taken: false, attempt: 4, failure: 'no such key' }),
      { code: 'task-failing', message: 'no such key' },
    ],
    [
      'a task over which workers die',
      pending({ attempt: 5 }),
      { message: 'Workers were lost over it 4 times.' },
    ],
    ['a long word', pending({ attempt: 9, failure: 'x'.repeat(9_000) }), { message: 'x'.repeat(1_000) }],
  ])('%s', (_, task, expected) => {
    const trouble = findTrouble({ status: 'running', ...(task === undefined ? {} : { pending: task }) }, NOW);
    if (expected === undefined) expect(trouble).toBeUndefined();
    else expect(trouble).toMatchObject({ since: new Date(task!.since).toISOString(), ...expected });
  });
});
