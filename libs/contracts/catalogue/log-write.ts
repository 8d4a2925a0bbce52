import type { Json } from '#domain/json.js';
import type { ActionDescription } from './action.js';

export interface LogWriteInput {
  readonly message: Json;
  readonly level?: 'info' | 'warn';
}

export const logWrite = {
  name: 'log/write',
  title: 'Write to the log',
  description: "Writes a message to the run's log.",
  queue: 'orchestration',
  workspace: false,
  fillsWorkspace: 'never',
  quick: true,
  inline: true,
  takesSecrets: false,
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['message'],
    properties: {
      message: { description: 'Text is written as it is, one log line per line; any other value as JSON.' },
      level: {
        description: '`warn` goes to stderr, `info` to stdout of the log.',
        enum: ['info', 'warn'],
        default: 'info',
      },
    },
  },
  output: { type: 'object', additionalProperties: false, properties: {} },
} as const satisfies ActionDescription;
