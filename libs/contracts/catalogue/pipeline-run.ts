import type { ActionDescription } from './action.js';
import {
  OUTCOME_OUTPUT,
  OUTCOME_PROPERTIES,
  type PipelineOutcomeInput,
  type PipelineTargetInput,
  TARGET_PROPERTIES,
} from './pipeline-schemas.js';

export interface PipelineRunInput extends PipelineTargetInput, PipelineOutcomeInput {}

export const pipelineRun = {
  name: 'pipeline/run',
  title: 'Run a pipeline of a CI/CD platform',
  description:
    'Starts a pipeline once, waits for its end, and answers with its outcome. It fails when the pipeline does. When the ' +
    'step is canceled or its time is up, the pipeline is canceled.',
  queue: 'cicd',
  workspace: false,
  fillsWorkspace: 'never',
  quick: false,
  inline: false,
  takesSecrets: false,
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['integration', 'project'],
    properties: { ...TARGET_PROPERTIES, ...OUTCOME_PROPERTIES },
  },
  output: OUTCOME_OUTPUT,
} as const satisfies ActionDescription;
