import type { PlatformDescription } from '../platform.js';

const YES = { supported: true } as const;

export const description: PlatformDescription = {
  name: 'gitlab',
  title: 'GitLab CI',
  cloudUrl: 'https://gitlab.com',
  auth: ['token', 'bearer'],
  permissions: ['api'],
  options: { type: 'object', additionalProperties: false, properties: {} },
  names: { project: 'group/project, or its number', pipeline: 'nothing: a project has one' },
  settleMs: 10_000,
  capabilities: {
    projects: YES,
    pipelines: YES,
    branches: YES,
    inputs: {
      supported: true,
      note: 'Inputs of `spec: inputs`, and variables with a description, of the CI file at the branch; what it includes is not looked at. What is no declared input is sent as a variable.',
    },
    find: {
      supported: true,
      note: 'By the variable, or by the name of the pipeline where `workflow: name` holds the key.',
    },
    steps: {
      supported: false,
      instead: 'Look at the jobs: to GitLab a job is the smallest part; sections are in its log.',
    },
    logs: YES,
    'logs-by-offset': {
      supported: true,
      note: 'GitLab may send the whole log each time; what was read before is dropped.',
    },
    cancel: YES,
    'retry-all': {
      supported: false,
      instead: 'Start a new pipeline: GitLab does again only the jobs that failed or were canceled.',
    },
    'retry-failed': { supported: true, note: 'Canceled jobs too. The pipeline stays the same one.' },
    artifacts: { supported: true, note: 'One ZIP of each job.' },
    webhooks: YES,
    'signed-webhooks': {
      supported: true,
      note: 'With a signing token (`whsec_…`); what only carries the secret token is asked for again.',
    },
    'rate-limit': { supported: true, note: 'Where the server sends `RateLimit-…` headers.' },
  },
};
