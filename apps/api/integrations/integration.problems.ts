import type { ProblemCode } from '../http/problem-code.js';

export const INTEGRATION_PROBLEMS = {
  'integration-not-found': {
    status: 404,
    title: 'There is no such integration',
    cause: 'No integration of the project has this id or name.',
    cure: 'Look at the list of integrations.',
  },
  'integration-name-taken': {
    status: 409,
    title: 'There is an integration of this name',
    cause: 'Another integration of the project has the name.',
    cure: 'Choose another name, or change the integration that is there.',
  },
  'integration-limit-reached': {
    status: 409,
    title: 'There are too many integrations',
    cause: 'The project has as many integrations as it may.',
    cure: 'Remove some that nobody needs.',
  },
  'integration-watches-nothing': {
    status: 409,
    title: 'The integration watches nothing',
    cause: 'Its `sync` names no project, so that there is nothing to ask for.',
    cure: 'Name the projects, and pipelines, whose executions are to be known here.',
  },
} as const satisfies Record<string, ProblemCode>;
