import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import { SluiceError } from '#domain/errors.js';
import { azureDevOps } from './azure-devops/azure-devops.js';
import { circleci } from './circleci/circleci.js';
import { github } from './github/github.js';
import { gitlab } from './gitlab/gitlab.js';
import { jenkins } from './jenkins/jenkins.js';
import type { Platform } from './platform.js';

/** Platforms that come with Sluice, in the order in which people are told of them. */
const KNOWN: readonly Platform[] = [github, gitlab, jenkins, azureDevOps, circleci];

/** Platforms by name. */
export interface Platforms {
  readonly all: readonly Platform[];
  find(name: string): Platform | undefined;
  /** Throws SluiceError `platform-unknown`. */
  require(name: string): Platform;
}

/** Those that come with Sluice, and `more`. Throws SluiceError `platform-name-taken`, `platform-name-invalid`. */
export function createPlatforms(more: readonly Platform[] = []): Platforms {
  const byName = new Map<string, Platform>();
  for (const platform of [...KNOWN, ...more]) {
    const { name } = platform.description;
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 50) throw createNameInvalid(name);
    if (byName.has(name)) throw createNameTaken(name);
    byName.set(name, platform);
  }
  return {
    all: [...byName.values()],
    find: (name) => byName.get(name),
    require(name) {
      const found = byName.get(name);
      if (found === undefined) throw createUnknown(name, [...byName.keys()]);
      return found;
    },
  };
}

function createUnknown(name: string, known: readonly string[]): SluiceError {
  return createActionFailure({
    code: 'platform-unknown',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The platform ${JSON.stringify(name.slice(0, 50))} is not known here.`,
    hint: `Known are ${known.join(', ')}; others come by plugins, which every worker must have.`,
  });
}

function createNameTaken(name: string): SluiceError {
  return new SluiceError({
    code: 'platform-name-taken',
    fault: 'user',
    message: `Two platforms are called ${name}.`,
    hint: 'Leave out one of the plugins.',
  });
}

function createNameInvalid(name: string): SluiceError {
  return new SluiceError({
    code: 'platform-name-invalid',
    fault: 'user',
    message: `${JSON.stringify(name.slice(0, 50))} is no name for a platform.`,
    hint: 'Write it in small letters and digits, with hyphens between words.',
  });
}
