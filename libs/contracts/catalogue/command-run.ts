import type { Json } from '#domain/json.js';
import { MAX_OBJECT_BYTES } from '../object-reference.js';
import type { ActionDescription } from './action.js';

export interface CommandRunInput {
  readonly run: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  readonly outputLimit?: number;
  readonly successCodes?: readonly number[];
  readonly stdin?: string;
  readonly rebuild?: boolean;
  readonly parse?: 'json';
}

export interface CommandRunOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  readonly durationMs: number;
  readonly result?: Json;
}

export const COMMAND_OUTPUT_LIMIT = { default: 65_536, maximum: MAX_OBJECT_BYTES } as const;

export const commandRun = {
  name: 'command/run',
  title: 'Run a command',
  description:
    "Runs one program, without a shell, in the run's workspace. It sees the environment that the step declares and " +
    'PATH, HOME, TMPDIR, LANG, CI and what tells its run and step; what it leaves running in the background ends with it.',
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
      run: {
        type: 'array',
        description: 'The program and its arguments, each its own element: `[npm, test]`.',
        items: { type: 'string', maxLength: 131_071, pattern: '^[^\\u0000]*$' },
        minItems: 1,
        maxItems: 4096,
      },
      environment: {
        type: 'object',
        description: 'Environment variables.',
        maxProperties: 500,
        propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
        additionalProperties: { type: 'string', maxLength: 65_536, pattern: '^[^\\u0000]*$' },
      },
      directory: {
        type: 'string',
        description: 'Where to run, in the workspace.',
        minLength: 1,
        maxLength: 1024,
        default: '.',
      },
      outputLimit: {
        type: 'integer',
        description:
          'Bytes of stdout kept in the output: its end, when there is more. Of stderr at most 16 KiB are kept.',
        minimum: 0,
        maximum: COMMAND_OUTPUT_LIMIT.maximum,
        default: COMMAND_OUTPUT_LIMIT.default,
      },
      successCodes: {
        type: 'array',
        description: 'Exit codes that mean success.',
        items: { type: 'integer', minimum: 0, maximum: 255 },
        minItems: 1,
        maxItems: 256,
        default: [0],
      },
      stdin: {
        type: 'string',
        description: 'Text that the program reads from stdin.',
        maxLength: MAX_OBJECT_BYTES,
      },
      rebuild: {
        type: 'boolean',
        description: 'Run this again where a lost workspace is made anew.',
        default: false,
      },
      parse: { description: 'Reads stdout as this into `output.result`.', enum: ['json'] },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['exitCode', 'stdout', 'stderr', 'truncated', 'durationMs'],
    properties: {
      exitCode: { type: 'integer', description: "The program's exit code." },
      stdout: { type: 'string', description: 'What it printed, or the end of it.' },
      stderr: { type: 'string', description: 'What it printed to stderr, or the end of it.' },
      truncated: { type: 'boolean', description: 'Whether stdout or stderr lacks its beginning.' },
      durationMs: { type: 'integer', description: 'Milliseconds from start to end.' },
      result: { description: 'With `parse`: the value that stdout holds.' },
    },
  },
} as const satisfies ActionDescription;
