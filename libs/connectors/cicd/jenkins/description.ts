import type { PlatformDescription } from '../platform.js';

export const TITLE = 'Jenkins';

/** Parameter that carries the key where nobody says otherwise. */
export const KEY_PARAMETER = 'sluice_key';

export const DESCRIPTION: PlatformDescription = {
  name: 'jenkins',
  title: TITLE,
  auth: ['basic', 'bearer'],
  permissions: ['Overall/Read', 'Job/Read', 'Job/Build', 'Job/Cancel'],
  options: { type: 'object', additionalProperties: false },
  names: {
    project: 'a folder at the top, or / for jobs in none: team',
    pipeline: 'a job in it, with its folders: shop/build',
  },
  settleMs: 10_000,
  capabilities: {
    projects: { supported: true, note: 'Folders at the top; deeper ones are taken, too.' },
    pipelines: { supported: true, note: 'Jobs, to a depth of six; a multibranch job is one pipeline.' },
    branches: {
      supported: true,
      note: 'Of the multibranch jobs of a folder, or of one that is given as the project.',
    },
    inputs: {
      supported: true,
      note: 'Parameters of the job; of a branch they are known after its first build.',
    },
    find: {
      supported: true,
      note: 'By the parameter of the key; of jobs without it builds are told apart by their time only.',
    },
    steps: { supported: true, note: 'With the plugin Pipeline: REST API; without it a build is one job.' },
    logs: { supported: true, note: 'Of each stage; of a build without stages as a whole.' },
    'logs-by-offset': { supported: true },
    cancel: { supported: true, note: 'Asked again after ten seconds, it asks harder: stop, term, kill.' },
    'retry-all': { supported: true, note: 'A new build with the same parameters.' },
    'retry-failed': {
      supported: false,
      instead: 'Retry the whole build, or restart it from a stage in Jenkins itself.',
    },
    artifacts: { supported: true, note: 'Single files.' },
    webhooks: { supported: true, note: 'By the Notification plugin, in the format JSON.' },
    'signed-webhooks': {
      supported: false,
      instead:
        'Put the secret into the URL as a password (https://jenkins:secret@host/…); Jenkins is asked before an event counts.',
    },
    'rate-limit': {
      supported: false,
      instead: 'Jenkins has no limits; ask it as seldom as its machine likes.',
    },
  },
};
