import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ReadWorkflow } from '#domain/front-ends/front-end.js';
import { readWorkflow } from '#domain/front-ends/read-workflow.js';
import type { VersionOf } from '#domain/plan/compile.js';
import type { Finding } from '#domain/validation/finding.js';
import {
  checkWorkflowCalls,
  namedVersionsOf,
  namesOfCalls,
  type WorkflowCalls,
} from '#domain/validation/workflows.js';
import { parseVersionReference } from '#domain/versions/version-reference.js';
import { VersionRepository } from '#persistence/repositories/version-repository.js';
import { WorkflowRepository } from '#persistence/repositories/workflow-repository.js';
import { problemError } from '../http/problem.js';
import { CHECKED_ACTIONS } from './checked-actions.js';

interface Examined {
  readonly name: string;
  /** Undefined where a finding is an error. */
  readonly read: ReadWorkflow | undefined;
  readonly findings: readonly Finding[];
  readonly versionOf: VersionOf;
}

/** Reads definitions as the store knows the workflows that they call. */
@Injectable()
export class UnderstandDefinition {
  /** Versions of other workflows are those that are meant now: by an alias, or where none is named. */
  async examine(source: string, project: string, manager: EntityManager): Promise<Examined> {
    const { workflow, name = '', calls, findings: own } = readWorkflow(source, CHECKED_ACTIONS);
    const versionOf = await knowVersions(calls, project, manager);
    const findings = [...own, ...checkWorkflowCalls(calls, name, versionOf)].sort(
      (a, b) => a.line - b.line || a.column - b.column,
    );
    const valid = findings.every((finding) => finding.severity !== 'error');
    return { name, read: valid ? workflow : undefined, findings, versionOf };
  }

  /** Throws SluiceError `definition-invalid` with every finding. */
  async require(
    source: string,
    project: string,
    manager: EntityManager,
  ): Promise<Examined & { readonly read: ReadWorkflow }> {
    const examined = await this.examine(source, project, manager);
    const { read, findings } = examined;
    if (read !== undefined) return { ...examined, read };
    const errors = findings.filter((finding) => finding.severity === 'error').length;
    const message = `The definition has ${errors === 1 ? 'one error' : `${errors} errors`}.`;
    throw problemError('definition-invalid', message, { findings });
  }
}

async function knowVersions(
  calls: WorkflowCalls,
  project: string,
  manager: EntityManager,
): Promise<VersionOf> {
  const names = namesOfCalls(calls);
  const references = new Map(namedVersionsOf(calls).map((name) => [name, nameOf(name)]));
  const newest = await new WorkflowRepository(manager).findLatestVersions(project, names);
  const named =
    references.size === 0
      ? undefined
      : await new VersionRepository(manager).findNamed(project, names, [...references.values()]);
  return (workflow, version) =>
    version === undefined
      ? newest.get(workflow)
      : named?.get(workflow)?.get(references.get(version) ?? version);
}

/** As the store knows it: an alias, or a semantic version without build metadata. */
function nameOf(version: string): string {
  const reference = parseVersionReference(version);
  return reference?.kind === 'semver' ? reference.semver.precedence : version;
}
