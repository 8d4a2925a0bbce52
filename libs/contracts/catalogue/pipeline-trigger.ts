import type { ActionDescription } from './action.js';
import { STARTED_PROPERTIES, STARTED_REQUIRED, TARGET_PROPERTIES } from './pipeline-schemas.js';

export const pipelineTrigger = {
  name: 'pipeline/trigger',
  title: 'Start a pipeline of a CI/CD platform',
  description: 'Starts a pipeline once, and does not wait for its end.',
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
    properties: TARGET_PROPERTIES,
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: STARTED_REQUIRED,
    properties: STARTED_PROPERTIES,
  },
} as const satisfies ActionDescription;
