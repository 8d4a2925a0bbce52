import type { EntityManager } from 'typeorm';
import { LATEST_ALIAS, type VersionReference } from '#domain/versions/version-reference.js';
import { VersionRepository } from '#persistence/repositories/version-repository.js';
import type { WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import { problemError } from '../http/problem.js';

type NamedWorkflow = Pick<WorkflowRow, 'id' | 'name' | 'latestVersion'>;

/**
 * The number of the version that is meant now. It is asked for once, and all else goes by the number: an alias may be
 * moved a moment later. Throws SluiceError `workflow-version-not-found`.
 */
export async function resolveVersion(
  manager: EntityManager,
  workflow: NamedWorkflow,
  reference: VersionReference,
): Promise<number> {
  const versions = new VersionRepository(manager);
  switch (reference.kind) {
    case 'number':
      if (reference.number <= workflow.latestVersion) return reference.number;
      break;
    case 'semver': {
      const found = await versions.findPublication(workflow.id, reference.semver.precedence);
      if (found !== null) return found.version;
      break;
    }
    case 'alias': {
      const found = await versions.findAlias(workflow.id, reference.alias);
      if (found !== undefined) return found.version;
    }
  }
  throw problemError('workflow-version-not-found', describeMissing(workflow, reference));
}

function describeMissing({ name, latestVersion }: NamedWorkflow, reference: VersionReference): string {
  if (reference.kind === 'number')
    return `${name} has no version ${reference.number}; its latest is ${latestVersion}.`;
  if (reference.kind === 'semver') return `${name} has published no version ${reference.semver.precedence}.`;
  return reference.alias === LATEST_ALIAS
    ? `${name} has published no version; its newest draft is ${latestVersion}.`
    : `${name} has no alias ${reference.alias}.`;
}
