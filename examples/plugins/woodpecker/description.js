/** @import { PlatformDescription, Unsupported } from 'sluice/cicd/platform.js' */

export const TITLE = 'Woodpecker';

/** @satisfies {PlatformDescription} */
export const description = {
  name: 'woodpecker',
  title: TITLE,
  // No cloudUrl: everybody has a server of their own.
  auth: ['token', 'bearer'],
  permissions: ['push on the repository'],
  options: { type: 'object', additionalProperties: false, properties: {} },
  names: { project: 'owner/repository', pipeline: 'nothing: a repository has one' },
  settleMs: 5_000,
  capabilities: {
    projects: { supported: true },
    pipelines: { supported: true, note: 'One of each repository, whose workflows are its jobs.' },
    branches: { supported: true },
    inputs: {
      supported: false,
      instead: 'Give variables by the names that the workflows use: Woodpecker declares none, and takes any.',
    },
    find: { supported: true, note: 'By the variable. Every start by hand or by the API can carry it.' },
    steps: { supported: true },
    logs: { supported: true, note: 'Of a workflow: the logs of its steps, services last.' },
    'logs-by-offset': {
      supported: true,
      note: 'Woodpecker sends the whole log of a step each time; what was read before is dropped.',
    },
    cancel: { supported: true },
    'retry-all': { supported: true, note: 'As a new pipeline with the same variables.' },
    'retry-failed': {
      supported: false,
      instead: 'Retry all of it: Woodpecker starts no single workflow again.',
    },
    artifacts: {
      supported: false,
      instead: 'Let a step of the workflow put its files where the next step of the run can fetch them.',
    },
    webhooks: {
      supported: false,
      instead: 'Do nothing: Woodpecker sends none, and is asked for what has changed.',
    },
    'signed-webhooks': {
      supported: false,
      instead: 'Do nothing: Woodpecker sends none, and is asked for what has changed.',
    },
    'rate-limit': {
      supported: false,
      instead: 'Set limits in front of the server; an answer of 429 is waited for.',
    },
  },
};

/**
 * What a method answers that Woodpecker has nothing for.
 * @template {'inputs' | 'retry-failed' | 'artifacts'} C
 * @param {C} capability
 * @returns {Unsupported}
 */
export function lack(capability) {
  return { unsupported: capability, instead: description.capabilities[capability].instead };
}
