import { describe, expect, it } from '@jest/globals';
import type { Execution, PipelineJob } from './execution.js';
import { toPlainExecution, toPlainJobs } from './plain-execution.js';

const EXECUTION: Execution = {
  reference: { project: 'acme/app', pipeline: 'build.yml', id: '7' },
  attempt: 2,
  state: 'running',
  native: 'in_progress',
  title: 'Build – 7',
  url: 'https://ci.example/7',
  ref: 'main',
  commit: 'abc',
  trigger: 'push',
  actor: 'ann',
  key: 'k',
  createdAt: 1_000,
  startedAt: 2_000,
  endedAt: 3_000,
};
const JOB: PipelineJob = {
  id: '1',
  name: 'test',
  state: 'failed',
  native: 'failure',
  attempt: 1,
  mayFail: true,
  stage: 'checks',
  url: 'https://ci.example/7/1',
  runner: 'linux',
  createdAt: 1,
  startedAt: 2,
  endedAt: 3,
  steps: [{ name: 'lint', state: 'failed', native: 'f', startedAt: 2, endedAt: 3 }],
  child: { project: 'acme/app', pipeline: '', id: '8' },
};

describe('what a platform told', () => {
  it('stays as it is where it is what people call by these names', () => {
    expect(toPlainExecution(EXECUTION)).toEqual(EXECUTION);
    expect(toPlainJobs([JOB])).toEqual([JOB]);
  });

  it.each<[string, Partial<Execution>, Partial<Execution>]>([
    ['U+0000 and ends of lines', { title: 'a\0b\nc' }, { title: 'a b c' }],
    ['half of a pair', { native: 'a\ud83d' }, { native: 'a\ufffd' }],
    ['a title without end', { title: 'x'.repeat(1_000_000) }, { title: 'x'.repeat(500) }],
    ['an address that is no page', { url: 'javascript:alert(1)' }, { url: '' }],
    ['an attempt beyond counting', { attempt: 1e300 }, { attempt: 1_000_000 }],
    ['an attempt that is none', { attempt: Number.NaN }, { attempt: 1 }],
    ['a branch with U+0000', { ref: 'm\0' }, { ref: 'm ' }],
  ])('is stored without %s', (_, told, plain) => {
    expect(toPlainExecution({ ...EXECUTION, ...told })).toEqual({ ...EXECUTION, ...plain });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15])('has no moment %s', (ms) => {
    const { endedAt: _, ...rest } = EXECUTION;
    expect(toPlainExecution({ ...EXECUTION, endedAt: ms })).toEqual(rest);
    const [job] = toPlainJobs([{ ...JOB, steps: [{ name: 's', state: 'failed', native: '', endedAt: ms }] }]);
    expect(job?.steps).toEqual([{ name: 's', state: 'failed', native: '' }]);
  });

  it('ends somewhere', () => {
    const step = JOB.steps![0]!;
    const jobs = toPlainJobs(Array(5_000).fill({ ...JOB, steps: Array(5_000).fill(step) }));
    expect(jobs).toHaveLength(1_000);
    expect(jobs[0]?.steps).toHaveLength(200);
  });
});
