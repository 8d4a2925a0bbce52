import { describe, expect, it } from '@jest/globals';
import type { Problem } from '#contracts/rest/problem.js';
import { problemError, strangeAnswerError, unreachableError } from '../server/server-error.js';
import { renderError } from './error.js';
import { styleOf } from './style.js';

const plain = styleOf({ colours: false });

function aProblem(over: Partial<Problem>): Problem {
  return {
    type: 'https://sluice.dev/problems/x',
    title: 'Inputs are invalid',
    status: 422,
    detail: 'Two inputs do not fit.',
    code: 'inputs-invalid',
    correlationId: 'c-1',
    ...over,
  };
}

describe('renderError', () => {
  it('says title, detail, each error and the hint of a problem', () => {
    const problem = aProblem({
      hint: 'Look at the schema.',
      errors: [{ path: 'ref', message: 'is missing' }],
    });
    expect(renderError(problemError(problem), plain)).toEqual([
      'error: Inputs are invalid: Two inputs do not fit.',
      '  ref: is missing',
      '  hint: Look at the schema.',
    ]);
  });

  it('says when an operation that was refused would fit', () => {
    const problem = aProblem({
      title: 'Refused',
      detail: 'It has ended. It fits running, paused.',
      refusal: { code: 'run-state', message: 'It has ended.', fits: 'running, paused\u001b[2J' },
      hint: 'Start it anew.',
    });
    expect(renderError(problemError(problem), plain)).toEqual([
      'error: Refused: It has ended.',
      '  fits: running, paused␛[2J',
      '  hint: Start it anew.',
    ]);
  });

  it('shows findings in the text that was sent', () => {
    const finding = {
      code: 'needs-cycle' as const,
      severity: 'error' as const,
      path: 'stages.a',
      line: 2,
      column: 3,
      message: 'a needs itself.',
      hint: 'Remove it.',
    };
    const error = problemError(aProblem({ code: 'definition-invalid', findings: [finding] }));
    expect(renderError(error, plain, { path: 'a.yaml', text: 'x: 1\n  a: 2' })).toContain('  2 |   a: 2');
  });

  it('gives the correlation id of a failure of the server', () => {
    expect(renderError(problemError(aProblem({ status: 500 })), plain)).toContain('  correlation id: c-1');
  });

  it('tells how to come by a server', () => {
    expect(renderError(unreachableError('http://127.0.0.1:9', undefined), plain)).toEqual([
      'error: no Sluice server at http://127.0.0.1:9',
      '  hint: start one with npm start, or set SLUICE_URL',
    ]);
  });

  it('neutralises what the server says', () => {
    const error = strangeAnswerError('http://x', '\u001b[2J');
    expect(renderError(error, plain).join('')).not.toContain('\u001b');
  });
});
