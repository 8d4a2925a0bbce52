import type { InputValue } from '../cicd/execution.js';

/** Schemas that the actions of pipelines share. */

export interface PipelineTargetInput {
  readonly integration: string;
  readonly project: string;
  readonly pipeline?: string;
  readonly ref?: string;
  readonly inputs?: Readonly<Record<string, InputValue>>;
  readonly keyInput?: string;
}

export interface PipelineOutcomeInput {
  readonly logs?: 'none' | 'failed' | 'all';
  readonly unstable?: 'fails' | 'succeeds';
}

/** What names a pipeline, and what it is started with. */
export const TARGET_PROPERTIES = {
  integration: {
    type: 'string',
    description: 'Name of the integration of the project.',
    pattern: '^[a-z][a-z0-9-]{0,62}$',
  },
  project: {
    type: 'string',
    description:
      'What holds the pipeline, as the platform names it: `owner/repository`, `group/project`, a folder, a slug.',
    minLength: 1,
    maxLength: 1024,
  },
  pipeline: {
    type: 'string',
    description: 'The pipeline within it; left out where a project has one.',
    maxLength: 1024,
    default: '',
  },
  ref: {
    type: 'string',
    description: "Branch or tag; the platform's usual one when absent.",
    minLength: 1,
    maxLength: 255,
  },
  inputs: {
    type: 'object',
    description:
      'Values by the names of its inputs, variables or parameters; checked before it is started where it declares them.',
    maxProperties: 100,
    propertyNames: { minLength: 1, maxLength: 255 },
    additionalProperties: {
      anyOf: [{ type: 'string', maxLength: 65_536 }, { type: 'number' }, { type: 'boolean' }],
    },
  },
  keyInput: {
    type: 'string',
    description:
      'Input that carries the key by which a start is found again after a lost answer; left out where the pipeline does not take it.',
    pattern: '^[A-Za-z_][A-Za-z0-9_-]{0,99}$',
    default: 'sluice_key',
  },
} as const;

/** What is made of its end. */
export const OUTCOME_PROPERTIES = {
  logs: {
    description: "Jobs whose logs go into the run's log when the pipeline has ended.",
    enum: ['none', 'failed', 'all'],
    default: 'failed',
  },
  unstable: {
    description:
      'What a pipeline makes of the step that went through with something wrong, as its platform says.',
    enum: ['fails', 'succeeds'],
    default: 'fails',
  },
} as const;

export const EXECUTION_PROPERTY = {
  type: 'string',
  description: 'Id of the execution, as `pipeline/trigger` and `pipeline/run` give it out.',
  pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
} as const;

const MILLISECONDS = { type: 'integer', minimum: 0 } as const;

const STATE = {
  enum: ['queued', 'running', 'blocked', 'succeeded', 'unstable', 'failed', 'canceled', 'skipped'],
} as const;

/** What is known of an execution as soon as it was started. */
export interface StartedOutput {
  readonly execution: string;
  readonly platform: string;
  readonly id: string;
  readonly attempt: number;
  readonly state: string;
  readonly native: string;
  readonly title: string;
  readonly url: string;
  readonly ref?: string;
  readonly commit?: string;
}

export interface JobOutput {
  readonly name: string;
  readonly state: string;
  readonly stage?: string;
  readonly url?: string;
  readonly queuedMs?: number;
  readonly durationMs?: number;
}

export interface FailedJobOutput {
  readonly job: string;
  readonly step?: string;
  readonly url?: string;
  readonly lines: readonly string[];
}

export interface OutcomeOutput extends StartedOutput {
  readonly queuedMs?: number;
  readonly durationMs?: number;
  readonly jobs: readonly JobOutput[];
  readonly failed: readonly FailedJobOutput[];
}

export const STARTED_REQUIRED = [
  'execution',
  'platform',
  'id',
  'attempt',
  'state',
  'native',
  'title',
  'url',
] as const;

export const STARTED_PROPERTIES = {
  execution: { type: 'string', description: 'Id of the execution here, for further steps.' },
  platform: { type: 'string', description: 'Name of the platform.' },
  id: { type: 'string', description: 'Id of the execution at the platform.' },
  attempt: {
    type: 'integer',
    description: 'From 1; counts on where the platform does it again under the same id.',
  },
  state: { ...STATE, description: 'How it stands.' },
  native: { type: 'string', description: "The same in the platform's own words." },
  title: { type: 'string', description: 'As people call it.' },
  url: { type: 'string', description: 'Where people look at it.' },
  ref: { type: 'string', description: 'Branch or tag.' },
  commit: { type: 'string', description: 'Id of the commit.' },
} as const;

export const OUTCOME_OUTPUT = {
  type: 'object',
  additionalProperties: false,
  required: [...STARTED_REQUIRED, 'jobs', 'failed'],
  properties: {
    ...STARTED_PROPERTIES,
    queuedMs: { ...MILLISECONDS, description: 'From its creation to its start.' },
    durationMs: { ...MILLISECONDS, description: 'From its start to its end.' },
    jobs: {
      type: 'array',
      description: 'Its jobs, in the order of the platform; at most 200.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'state'],
        properties: {
          name: { type: 'string', description: 'As the platform calls it.' },
          state: { ...STATE, description: 'How it ended.' },
          stage: { type: 'string', description: 'The stage that it belongs to.' },
          url: { type: 'string', description: 'Where people look at it.' },
          queuedMs: { ...MILLISECONDS, description: 'From its creation to its start.' },
          durationMs: { ...MILLISECONDS, description: 'From its start to its end.' },
        },
      },
    },
    failed: {
      type: 'array',
      description: 'Jobs that failed, with their last lines; at most 20.',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['job', 'lines'],
        properties: {
          job: { type: 'string', description: 'Its name.' },
          step: { type: 'string', description: 'Its step that failed first.' },
          url: { type: 'string', description: 'Where people look at it.' },
          lines: { type: 'array', items: { type: 'string' }, description: 'The last of its log.' },
        },
      },
    },
  },
} as const;
