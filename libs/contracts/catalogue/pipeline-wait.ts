import type { ActionDescription } from './action.js';
import {
  EXECUTION_PROPERTY,
  OUTCOME_OUTPUT,
  OUTCOME_PROPERTIES,
  type PipelineOutcomeInput,
} from './pipeline-schemas.js';

export interface PipelineWaitInput extends PipelineOutcomeInput {
  readonly execution: string;
}

export const pipelineWait = {
  name: 'pipeline/wait',
  title: 'Wait for a pipeline that was started before',
  description:
    'Waits for the end of an execution, and answers with its outcome. It fails when the pipeline does. A step that is ' +
    'canceled leaves the pipeline alone.',
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
    properties: { execution: EXECUTION_PROPERTY, ...OUTCOME_PROPERTIES },
  },
  output: OUTCOME_OUTPUT,
} as const satisfies ActionDescription;
