import type { ActionDescription } from './action.js';
import { describeSecretReference } from './secret-reference.js';

export interface GitCheckoutInput {
  readonly repository: string;
  readonly ref?: string;
  readonly depth?: number;
  readonly directory?: string;
  readonly credentials?: string;
  readonly submodules?: boolean;
}

export interface GitCheckoutOutput {
  readonly commit: string;
  readonly ref: string;
  readonly directory: string;
}

export const gitCheckout = {
  name: 'git/checkout',
  title: 'Check out a git repository',
  description:
    "Checks a git repository out into the run's workspace. What an earlier checkout left in the directory is " +
    'removed first; any other content there is refused.',
  queue: 'command',
  workspace: true,
  fillsWorkspace: 'always',
  quick: false,
  inline: false,
  takesSecrets: false,
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['repository'],
    properties: {
      repository: {
        type: 'string',
        description:
          'URL (https, http, ssh, git, file), `user@host:path`, an absolute path on the worker, or a path in the workspace.',
        minLength: 1,
        maxLength: 2048,
      },
      ref: {
        type: 'string',
        description: "Branch, tag, full ref or commit; the repository's default branch when absent.",
        minLength: 1,
        maxLength: 255,
      },
      depth: {
        type: 'integer',
        description: 'Commits of history to fetch; 0 is all of it, with every branch and tag.',
        minimum: 0,
        maximum: 1_000_000,
        default: 1,
      },
      directory: {
        type: 'string',
        description: 'Where to, in the workspace.',
        minLength: 1,
        maxLength: 1024,
        default: '.',
      },
      credentials: describeSecretReference('For http and https: `user:token`, or a token alone.'),
      submodules: {
        type: 'boolean',
        description: 'Also check out submodules, at all depths.',
        default: false,
      },
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['commit', 'ref', 'directory'],
    properties: {
      commit: { type: 'string', description: 'Full id of the commit checked out.' },
      ref: {
        type: 'string',
        description: 'Full name of what was checked out (`refs/heads/main`); for a commit its full id.',
      },
      directory: { type: 'string', description: 'Where it is, relative to the workspace.' },
    },
  },
} as const satisfies ActionDescription;
