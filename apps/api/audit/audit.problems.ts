import type { ProblemCode } from '../http/problem-code.js';

export const AUDIT_PROBLEMS = {
  'audit-entry-not-found': {
    status: 404,
    title: 'There is no such entry',
    cause: 'The audit log of the project has no entry of this id, or it was archived.',
    cure: 'Look at the list of entries, or into the archive.',
  },
} as const satisfies Record<string, ProblemCode>;
