import type { ProblemCode } from '../http/problem-code.js';

export const PIPELINE_PROBLEMS = {
  'pipeline-execution-not-found': {
    status: 404,
    title: 'There is no such execution of a pipeline',
    cause: 'No execution of the project has this id, or it was removed by its period of retention.',
    cure: 'Look at the list of executions; `id` is its id here, not that of the platform.',
  },
  'pipeline-execution-unnamed': {
    status: 409,
    title: 'The platform has not named the execution yet',
    cause: 'A step has asked the platform to start it, and does not know yet as what the platform knows it.',
    cure: 'Ask again in a moment; to stop it, cancel the run.',
  },
} as const satisfies Record<string, ProblemCode>;
