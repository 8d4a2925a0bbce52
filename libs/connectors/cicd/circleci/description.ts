import type { PlatformDescription } from '../platform.js';

const YES = { supported: true } as const;

export const description: PlatformDescription = {
  name: 'circleci',
  title: 'CircleCI',
  cloudUrl: 'https://circleci.com',
  auth: ['token'],
  permissions: ['a personal token of somebody who may write to the project'],
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      artifactHosts: {
        type: 'array',
        maxItems: 20,
        items: { type: 'string', maxLength: 253 },
        title: 'Hosts of artifacts',
        description:
          'Hosts beside that of the API, and those of CircleCI itself, that may be sent the token for artifacts.',
      },
    },
  },
  names: {
    project: 'gh/organization/repository, or the slug of the project settings',
    pipeline: 'nothing, or the id or name of a pipeline definition',
  },
  settleMs: 10_000,
  capabilities: {
    projects: { supported: true, note: 'Those that the owner of the token follows.' },
    pipelines: YES,
    branches: { supported: true, note: 'The default branch, and those of the latest pipelines.' },
    inputs: {
      supported: true,
      note: 'Parameters in the configuration of the latest pipeline of the branch.',
    },
    find: {
      supported: true,
      note: 'By the parameter that carries the key, which the configuration has to declare.',
    },
    steps: YES,
    logs: { supported: true, note: 'Step by step, each once it has ended.' },
    'logs-by-offset': YES,
    cancel: { supported: true, note: 'All workflows of the pipeline.' },
    'retry-all': { supported: true, note: 'New workflows in the same pipeline.' },
    'retry-failed': { supported: true, note: 'New workflows in the same pipeline, from the failed jobs on.' },
    artifacts: { supported: true, note: 'Single files.' },
    webhooks: { supported: true, note: 'They tell of one workflow or job: the pipeline is asked for.' },
    'signed-webhooks': YES,
    'rate-limit': {
      supported: false,
      instead: 'Nothing is to be done: CircleCI tells only when a limit is reached, and then for how long.',
    },
  },
};
