import type { ActionDescription } from './action.js';
import { EXECUTION_PROPERTY } from './pipeline-schemas.js';

export interface PipelineArtifactsInput {
  readonly execution: string;
  readonly names?: readonly string[];
  readonly directory?: string;
  readonly maxBytes?: number;
}

export interface PipelineArtifactsOutput {
  readonly artifacts: readonly {
    readonly name: string;
    readonly job?: string;
    readonly files: number;
    readonly bytes: number;
    readonly directory: string;
  }[];
}

/** Bytes that are written to the workspace. */
export const ARTIFACT_LIMIT = { default: 1_073_741_824, maximum: 107_374_182_400 } as const;

export const pipelineArtifacts = {
  name: 'pipeline/artifacts',
  title: 'Take the artifacts of a pipeline',
  description:
    "Writes what an execution has left into the run's workspace, each artifact into a folder of its name; archives are unpacked.",
  queue: 'command',
  workspace: true,
  fillsWorkspace: 'always',
  quick: false,
  inline: false,
  takesSecrets: false,
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['execution'],
    properties: {
      execution: EXECUTION_PROPERTY,
      names: {
        type: 'array',
        description: 'Names of those that are wanted, each of which there must be; all when absent.',
        items: { type: 'string', minLength: 1, maxLength: 1024 },
        minItems: 1,
        maxItems: 100,
      },
      directory: {
        type: 'string',
        description: 'Where to, in the workspace.',
        minLength: 1,
        maxLength: 1024,
        default: 'artifacts',
      },
      maxBytes: {
        type: 'integer',
        description: 'Limit of all that is written, unpacked.',
        minimum: 1,
        maximum: ARTIFACT_LIMIT.maximum,
        default: ARTIFACT_LIMIT.default,
      },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['artifacts'],
    properties: {
      artifacts: {
        type: 'array',
        description: 'What was taken, in the order of the platform.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['name', 'files', 'bytes', 'directory'],
          properties: {
            name: { type: 'string', description: 'As the platform calls it.' },
            job: { type: 'string', description: 'The job that made it, where the platform tells.' },
            files: { type: 'integer', description: 'How many there were in it.' },
            bytes: { type: 'integer', description: 'How many were written.' },
            directory: { type: 'string', description: 'Where it is, relative to the workspace.' },
          },
        },
      },
    },
  },
} as const satisfies ActionDescription;
