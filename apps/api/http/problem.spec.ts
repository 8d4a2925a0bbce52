import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { SluiceError } from '#domain/errors.js';
import { RERUN_FINDINGS } from '#domain/rerun/findings.js';
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

describe('docs/problems.md', () => {
  it('holds the codes, each with its status, cause and cure', () => {
    const text = readFileSync('docs/problems.md', 'utf8');
    const documented = [
      ...text.matchAll(/^## `([a-z-]+)` \((\d{3})\)\n\n(.+)\n\n\*\*What to do:\*\* (.+)$/gm),
    ].map(([, code, status, cause, cure]) => [code, { status: Number(status), cause, cure }]);
    const known = Object.entries(PROBLEM_CODES).map(([code, { status, cause, cure }]) => [
      code,
      { status, cause, cure },
    ]);
    expect(documented).toEqual(known);
  });

  it('holds the codes by which a rerun is refused, with their causes', () => {
    const text = readFileSync('docs/problems.md', 'utf8');
    const documented = [...text.matchAll(/^\| `(rerun-[a-z-]+)` \| (.+) \|$/gm)].map(([, code, cause]) => [
      code,
      cause,
    ]);
    expect(documented).toEqual(Object.entries(RERUN_FINDINGS));
  });
});
