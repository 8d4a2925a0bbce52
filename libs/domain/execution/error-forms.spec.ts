import { describe, expect, it } from '@jest/globals';
import { requestOf } from '../driving/answers.js';
import { findVoter } from '../driving/voters.js';
import { inheritError, rejectedError, stoppedError } from './child-failures.js';
import { withProblem } from './problem.js';
import type { StepError } from './step-error.js';

const error = (more: Partial<StepError>): StepError => ({
  class: 'code',
  code: 'broken',
  message: 'm',
  ...more,
});

describe('an error as a problem by RFC 9457', () => {
  it.each<[string, Partial<StepError>, string, number]>([
    ['a status of HTTP', { code: 'http-status', details: { status: 404 } }, 'communication', 404],
    ['an address that is none', { code: 'http-url-invalid', class: 'configuration' }, 'configuration', 400],
    ['no answer', { code: 'http-failed', class: 'transient' }, 'communication', 503],
    ['a document that is none', { code: 'openapi-invalid', class: 'configuration' }, 'configuration', 400],
    ['data that does not fit', { code: 'data-invalid' }, 'validation', 400],
    ['an expression', { code: 'expression-failed' }, 'expression', 400],
    ['a timeout', { class: 'timeout' }, 'timeout', 408],
    ['a refused login', { class: 'auth' }, 'authentication', 401],
    ['a wrong setting', { class: 'configuration' }, 'configuration', 400],
    ['anything else', {}, 'runtime', 500],
  ])('%s', (_, more, kind, status) => {
    expect(withProblem(error(more), '/do/0/a').problem).toMatchObject({
      type: `https://open-workflow-specification.org/dsl/errors/types/${kind}`,
      status,
      instance: '/do/0/a',
      detail: 'm',
    });
  });

  it('keeps the form that it has', () => {
    const problem = { type: 't', status: 1, instance: '/' };
    expect(withProblem(error({ problem }), '/x').problem).toBe(problem);
  });

  it('is that of the first failure where too few succeeded', () => {
    const problem = { type: 't', status: 1, instance: '/' };
    expect(withProblem(error({ code: 'quorum-not-reached', details: { problem } }), '/x').problem).toEqual(
      problem,
    );
  });
});

describe('why a step that ran a workflow failed', () => {
  it('is the error of that run, its step among the facts', () => {
    expect(inheritError('r2', error({ step: 'deploy', details: { exitCode: 1 } }))).toEqual({
      class: 'code',
      code: 'broken',
      message: 'Step "deploy" of run r2: m',
      details: { run: 'r2', step: 'deploy', details: { exitCode: 1 } },
    });
    expect(inheritError('r2', error({}))).toMatchObject({ message: 'Run r2: m', details: { run: 'r2' } });
  });

  it('is that an approval was rejected, or somebody ended it', () => {
    expect(rejectedError('r2')).toMatchObject({ code: 'workflow-rejected', details: { run: 'r2' } });
    expect(stoppedError('r2', true)).toMatchObject({ class: 'canceled', code: 'workflow-terminated' });
    expect(stoppedError('r2', false)).toMatchObject({ class: 'canceled', code: 'workflow-canceled' });
  });
});

describe('what people are said to do', () => {
  it.each([
    [{ type: 'retry' }, { type: 'retry-step', step: 'a' }],
    [
      { type: 'retry', with: { n: 1 } },
      { type: 'retry-step', step: 'a', with: { n: 1 } },
    ],
    [{ type: 'skip' }, { type: 'skip-step', step: 'a' }],
    [
      { type: 'complete', output: null },
      { type: 'complete-step', step: 'a', output: null },
    ],
    [{ type: 'approve' }, { type: 'approve', step: 'a' }],
    [
      { type: 'reject', inputs: { n: 1 } },
      { type: 'reject', step: 'a', inputs: { n: 1 } },
    ],
  ] as const)('%j', (answer, request) => {
    expect(requestOf(answer, 'a')).toEqual(request);
  });

  it('finds nobody where everybody named has decided', () => {
    const approval = { by: ['user:ann'], selfApproval: true, votes: [] };
    expect(findVoter(approval, 'eve')?.by).toBe('ann');
    const voted = { by: 'ann', decision: 'approved', at: 0 } as never;
    expect(findVoter({ ...approval, votes: [voted] }, 'eve')).toBeUndefined();
    expect(findVoter({ ...approval, by: ['user:ann'], selfApproval: false }, 'ann')).toBeUndefined();
  });
});
