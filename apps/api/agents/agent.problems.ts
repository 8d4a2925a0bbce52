import type { ProblemCode } from '../http/problem-code.js';

export const AGENT_PROBLEMS = {
  'agent-not-found': {
    status: 404,
    title: 'There is no such agent',
    cause: 'No agent of the project has this id or name.',
    cure: 'Look at the list of agents.',
  },
  'agent-name-taken': {
    status: 409,
    title: 'There is an agent of this name',
    cause: 'Another agent of the project has the name.',
    cure: 'Choose another name, or change the agent that is there.',
  },
  'agent-limit-reached': {
    status: 409,
    title: 'There are too many agents',
    cause: 'The project has as many agents as it may.',
    cure: 'Remove some that nobody needs.',
  },
  'callback-token-invalid': {
    status: 401,
    title: 'This token opens nothing here',
    cause: 'The bearer token is missing, or is not the one that the agent was given with this invocation.',
    cure: 'Send `callback.token` of the call that named this address.',
  },
  'invocation-closed': {
    status: 409,
    title: 'Nobody waits for this answer',
    cause: 'The step was canceled, timed out or tried again, or the agent has answered otherwise before.',
    cure: 'Stop the work; there is nothing to send any more.',
  },
} as const satisfies Record<string, ProblemCode>;
