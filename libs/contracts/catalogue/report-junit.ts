import type { ActionDescription } from './action.js';

export interface ReportJunitInput {
  readonly files: string | readonly string[];
  readonly format?: 'junit' | 'ctrf' | 'tap' | 'auto';
  readonly failOn?: 'failures' | 'never';
}

export interface ReportJunitOutput {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly errors: number;
  readonly durationMs: number;
  readonly failures: readonly { readonly suite: string; readonly name: string; readonly message: string }[];
  readonly files: number;
}

const PATTERN = { type: 'string', minLength: 1, maxLength: 1024 } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;

export const reportJunit = {
  name: 'report/junit',
  title: 'Read test results',
  description: 'Reads test reports (JUnit XML, CTRF or TAP) from the workspace into numbers.',
  queue: 'command',
  workspace: true,
  fillsWorkspace: 'never',
  quick: false,
  inline: false,
  takesSecrets: false,
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['files'],
    properties: {
      files: {
        description: 'Files in the workspace: a path or glob (`reports/**/*.xml`), or a list of them.',
        anyOf: [PATTERN, { type: 'array', items: PATTERN, minItems: 1, maxItems: 100 }],
      },
      format: {
        description: 'Format of the files; `auto` tells by the content of each.',
        enum: ['junit', 'ctrf', 'tap', 'auto'],
        default: 'auto',
      },
      failOn: {
        description: 'Whether failed tests fail this step.',
        enum: ['failures', 'never'],
        default: 'never',
      },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['total', 'passed', 'failed', 'skipped', 'errors', 'durationMs', 'failures', 'files'],
    properties: {
      total: { ...COUNT, description: 'Tests, skipped ones included.' },
      passed: { ...COUNT, description: 'Tests that passed.' },
      failed: { ...COUNT, description: 'Tests whose assertions failed.' },
      skipped: { ...COUNT, description: 'Tests not run, or not expected to pass yet.' },
      errors: { ...COUNT, description: 'Tests that broke, and reports that say they are incomplete.' },
      durationMs: { ...COUNT, description: "Sum of the tests' own durations, in milliseconds." },
      failures: {
        type: 'array',
        description: 'The first 50 tests that failed or broke.',
        maxItems: 50,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['suite', 'name', 'message'],
          properties: {
            suite: { type: 'string', description: 'Where the test belongs.' },
            name: { type: 'string', description: 'The test.' },
            message: { type: 'string', description: 'Why it failed; at most 2,000 characters.' },
          },
        },
      },
      files: { ...COUNT, description: 'Files read.' },
    },
  },
} as const satisfies ActionDescription;
