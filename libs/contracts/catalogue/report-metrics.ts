import type { ActionDescription } from './action.js';

export interface ReportMetricsInput {
  readonly files: Readonly<Record<string, string | readonly string[]>>;
}

export interface ReportMetricsOutput {
  readonly metrics: Readonly<Record<string, number>>;
  readonly reports: Readonly<Record<string, ReportSummary>>;
}

export interface ReportSummary {
  readonly formats: readonly string[];
  readonly files: number;
  readonly empty?: string;
}

const PATTERN = { type: 'string', minLength: 1, maxLength: 1024 } as const;

export const reportMetrics = {
  name: 'report/metrics',
  title: 'Read reports into metrics',
  description:
    'Reads reports of tests, coverage and analysers from the workspace into numbers with names, which gates and expressions use.',
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
        type: 'object',
        description:
          'By a name for each kind of report: a path or glob in the workspace (`coverage/lcov.info`), or a list of them.',
        minProperties: 1,
        maxProperties: 50,
        propertyNames: { pattern: '^[a-z][a-z0-9-]{0,49}$' },
        additionalProperties: {
          anyOf: [PATTERN, { type: 'array', items: PATTERN, minItems: 1, maxItems: 100 }],
        },
      },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['metrics', 'reports'],
    properties: {
      metrics: {
        type: 'object',
        description: 'Numbers by the name of the report and their own: `coverage.lines.percent`.',
        additionalProperties: { type: 'number' },
      },
      reports: {
        type: 'object',
        description:
          'By name: the `formats` and number of `files` that were read, and why they say nothing, as `empty`.',
        additionalProperties: { type: 'object' },
      },
    },
  },
} as const satisfies ActionDescription;
