import type { ActionDescription } from './action.js';
import { EXECUTION_PROPERTY } from './pipeline-schemas.js';

export interface PipelineCancelInput {
  readonly execution: string;
}

export const pipelineCancel = {
  name: 'pipeline/cancel',
  title: 'Cancel a pipeline that was started before',
  description: 'Asks the platform to end an execution. One that is over already stays as it is.',
  queue: 'cicd',
  workspace: false,
  fillsWorkspace: 'never',
  quick: false,
  inline: false,
  takesSecrets: false,
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['execution'],
    properties: { execution: EXECUTION_PROPERTY },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['asked', 'state'],
    properties: {
      asked: { type: 'boolean', description: 'Whether it went on and its end was asked for.' },
      state: { type: 'string', description: 'How it stood before.' },
    },
  },
} as const satisfies ActionDescription;
