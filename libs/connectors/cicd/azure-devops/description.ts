import type { PlatformDescription } from '../platform.js';

export const TITLE = 'Azure DevOps';

/** Parameter or variable that carries the key where nobody says otherwise. */
export const KEY_INPUT = 'sluice_key';

export const DESCRIPTION: PlatformDescription = {
  name: 'azure-devops',
  title: TITLE,
  cloudUrl: 'https://dev.azure.com/{organization}',
  auth: ['token', 'bearer', 'oauth2', 'basic'],
  permissions: ['Build (Read & execute)', 'Project and Team (Read)', 'Code (Read)'],
  options: { type: 'object', additionalProperties: false },
  names: { project: 'a project: Shop', pipeline: 'a pipeline with its folders, or its number: team/release' },
  settleMs: 10_000,
  capabilities: {
    projects: { supported: true },
    pipelines: { supported: true },
    branches: {
      supported: true,
      note: 'Of the repository that is called like the project, else of the first.',
    },
    inputs: {
      supported: true,
      note: 'Variables that may be set at the start, and parameters where the YAML can be read.',
    },
    find: {
      supported: true,
      note: 'By a parameter or a variable that may be set; of pipelines without it runs are told apart by time, branch and reason only.',
    },
    steps: { supported: true },
    logs: { supported: true, note: 'Of each job the logs of its tasks, one after the other.' },
    'logs-by-offset': { supported: true, note: 'The platform counts lines; bytes are counted here.' },
    cancel: { supported: true },
    'retry-all': { supported: true, note: 'Every stage of the same run.' },
    'retry-failed': { supported: true, note: 'The failed jobs of the stages that failed.' },
    artifacts: { supported: true },
    webhooks: {
      supported: true,
      note: 'Service hooks: build completed, and changes of runs, stages and jobs.',
    },
    'signed-webhooks': {
      supported: false,
      instead:
        'Give the service hook the secret as the password of basic authentication, or in the header X-Sluice-Token; the platform is asked before an event counts.',
    },
    'rate-limit': { supported: true, note: 'Told only when a limit is near.' },
  },
};
