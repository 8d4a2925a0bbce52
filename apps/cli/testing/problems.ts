import type { Problem } from '#contracts/rest/problem.js';

export function aProblem(over: Partial<Problem>): Problem {
  return {
    type: '',
    title: 'No',
    status: 422,
    detail: 'It cannot be.',
    code: 'x',
    correlationId: 'c',
    ...over,
  };
}
