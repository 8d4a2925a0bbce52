import type { PlanAction, PlanActions } from '../../plan/action.js';

const command: PlanAction = {
  name: 'command/run',
  queue: 'command',
  workspace: true,
  fillsWorkspace: 'on-request',
  quick: false,
  inline: false,
  takesSecrets: true,
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['run'],
    properties: {
      run: { type: 'array', items: { type: 'string' }, minItems: 1 },
      environment: {
        type: 'object',
        propertyNames: { pattern: '^[A-Z_]+$' },
        additionalProperties: { type: 'string' },
      },
      outputLimit: { type: 'integer', minimum: 0 },
      parse: { enum: ['json', 'lines'] },
      checkout: { anyOf: [{ type: 'string' }, { type: 'object', required: ['url'] }] },
    },
  },
};

const note: PlanAction = {
  name: 'note/add',
  queue: 'orchestration',
  workspace: false,
  fillsWorkspace: 'never',
  quick: true,
  inline: true,
  takesSecrets: false,
  input: { type: 'object', additionalProperties: false, properties: { text: { type: 'string' } } },
};

/** A catalogue of two actions, for tests. */
export const TEST_ACTIONS: PlanActions = new Map([command, note].map((action) => [action.name, action]));
