import type { PlatformDescription } from '../platform.js';

export const DESCRIPTION: PlatformDescription = {
  name: 'github',
  title: 'GitHub Actions',
  cloudUrl: 'https://api.github.com',
  auth: ['token', 'github-app', 'bearer'],
  permissions: ['Actions: write', 'Contents: read', 'Metadata: read'],
  options: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {},
    additionalProperties: false,
  },
  names: {
    project: 'owner/repository',
    pipeline: 'the file of the workflow: build.yml',
  },
  settleMs: 30_000,
  capabilities: {
    projects: { supported: true },
    pipelines: { supported: true },
    branches: { supported: true },
    inputs: { supported: true, note: 'Read from the file of the workflow.' },
    find: {
      supported: true,
      note: 'By the key in the name of the run: `run-name: Build ${{ inputs.sluice_key }}`; else by time and branch.',
    },
    steps: { supported: true },
    logs: { supported: true, note: 'Once the job is over.' },
    'logs-by-offset': { supported: true },
    cancel: { supported: true, note: 'Not on Gitea.' },
    'retry-all': { supported: true },
    'retry-failed': { supported: true },
    artifacts: { supported: true },
    webhooks: { supported: true, note: 'Events `workflow_run` and `workflow_job`.' },
    'signed-webhooks': { supported: true },
    'rate-limit': { supported: true, note: 'Not on Gitea.' },
  },
};
