import type { ProblemCode } from '../http/problem-code.js';

export const RETENTION_PROBLEMS = {
  'retention-busy': {
    status: 409,
    title: 'A pass is under way',
    cause: 'Another pass of retention, or an erasure of personal data, has not ended; one is done at a time.',
    cure: 'Look at the list of passes, and try again when it has ended.',
  },
  'retention-pass-not-found': {
    status: 404,
    title: 'There is no such pass',
    cause: 'The project has no pass of retention of this id.',
    cure: 'Look at the list of passes.',
  },
} as const satisfies Record<string, ProblemCode>;
