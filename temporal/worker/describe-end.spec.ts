import { describe, expect, it } from '@jest/globals';
import type { FinalRecord } from '#contracts/run.js';
import { describeEnd } from './describe-end.js';

const RECORD: FinalRecord = {
  run: 'r',
  result: { status: 'failed', error: { class: 'test', code: 'x', message: 'no' } },
  endedAt: 5_000,
  sequence: 3,
  steps: {},
  actions: {},
};
const INFO = {
  workflowId: 'run-r',
  startTime: new Date(1_000),
  searchAttributes: { SluiceWorkflow: ['hello'] },
  unsafe: { isReplaying: false },
};

describe('describeEnd', () => {
  it('knows where the run came from, and how it ended', () => {
    const memo = { correlationId: 'c', traceparent: 't', project: 'default' };
    expect(describeEnd({ ...INFO, memo }, RECORD)).toEqual({
      run: 'r',
      workflow: 'hello',
      status: 'failed',
      code: 'x',
      startedAt: 1_000,
      endedAt: 5_000,
      origin: { correlationId: 'c', traceparent: 't' },
    });
  });

  it('makes do with what runs of earlier versions have', () => {
    const record = { ...RECORD, result: { status: 'succeeded' as const } };
    expect(describeEnd({ ...INFO, searchAttributes: {} }, record)).toEqual({
      run: 'r',
      workflow: '',
      status: 'succeeded',
      startedAt: 1_000,
      endedAt: 5_000,
      origin: {},
    });
  });

  it('is silent about a replay, and about a run that never began', () => {
    expect(describeEnd({ ...INFO, unsafe: { isReplaying: true } }, RECORD)).toBeUndefined();
    expect(describeEnd(INFO, { ...RECORD, run: 'other' })).toBeUndefined();
  });
});
