import type { Json } from '#domain/json.js';
import type { ActionDescription } from './action.js';

export interface AgentInvokeInput {
  readonly agent: string;
  readonly input?: Json;
}

export interface AgentInvokeOutput {
  readonly output: Json;
  readonly invocation: string;
}

export const agentInvoke = {
  name: 'agent/invoke',
  title: 'Have an agent do something',
  description:
    'Calls an agent of the project over HTTP. An agent that answers 200 has done it. One that answers 202 goes on by ' +
    'itself, and says by a call with a signed token when it is done: until then no worker is kept waiting.',
  queue: 'http',
  workspace: false,
  fillsWorkspace: 'never',
  quick: false,
  inline: false,
  unattended: true,
  takesSecrets: false,
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['agent'],
    properties: {
      agent: {
        type: 'string',
        description: "The agent's name.",
        pattern: '^[a-z][a-z0-9-]{0,62}$',
      },
      input: { description: 'What the agent is given, as `input` of the body.' },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['output', 'invocation'],
    properties: {
      output: { description: 'What the agent gave back.' },
      invocation: { type: 'string', description: 'Id under which the agent knows it.' },
    },
  },
} as const satisfies ActionDescription;
