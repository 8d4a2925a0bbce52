import { describe, expect, it } from '@jest/globals';
import { SluiceError } from '#domain/errors.js';
import { problemError, toProblem } from './problem.js';
import { PROBLEM_CODES } from './problem-codes.js';

describe('toProblem', () => {
  it('tells what is ours, with the cure of its code', () => {
    const errors = [{ path: 'limit', message: 'must be a number' }];
    expect(toProblem(problemError('request-invalid', 'limit must be a number.', { errors }), 'c-1')).toEqual({
      type: 'https://sluice.dev/problems/request-invalid',
      title: PROBLEM_CODES['request-invalid'].title,
      status: 400,
      detail: 'limit must be a number.',
      code: 'request-invalid',
      hint: PROBLEM_CODES['request-invalid'].cure,
      correlationId: 'c-1',
      errors,
    });
  });

  it.each([
    ['a bug', new TypeError('secret of undefined')],
    [
      'an error of ours that the API does not speak of',
      new SluiceError({ code: 'x', fault: 'bug', message: 'secret' }),
    ],
    ['a broken query', Object.assign(new Error('secret'), { code: '42601' })],
    ['what is no error', 'secret'],
    ['a code from the prototype', new SluiceError({ code: 'constructor', fault: 'bug', message: 'secret' })],
  ])('tells nothing of %s', (_, error) => {
    const problem = toProblem(error, 'c-1');
    expect(problem).toMatchObject({ status: 500, code: 'internal-error' });
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});
