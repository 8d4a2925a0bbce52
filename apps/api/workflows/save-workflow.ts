import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
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
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { VersionRepository } from '#persistence/repositories/version-repository.js';
import {
  type SaveOutcome,
  WorkflowRepository,
  type WorkflowRow,
} from '#persistence/repositories/workflow-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

interface SavedWorkflow {
  readonly workflow: WorkflowRow;
  readonly outcome: SaveOutcome;
  readonly findings: readonly Finding[];
}

interface Understood {
  readonly read: ReadWorkflow;
  /** Warnings. */
  readonly findings: readonly Finding[];
  readonly versionOf: VersionOf;
}

/** From text to an immutable version. */
@Injectable()
export class SaveWorkflow {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Throws SluiceError `definition-invalid` with every finding. */
  save(source: string, format: 'yaml' | 'json', caller: Caller): Promise<SavedWorkflow> {
    return this.dataSource.transaction((manager) => this.saveIn(manager, source, format, caller));
  }

  /** The same in a transaction of the caller's. */
  async saveIn(
    manager: EntityManager,
    source: string,
    format: 'yaml' | 'json',
    caller: Caller,
  ): Promise<SavedWorkflow> {
    const { read, findings, versionOf } = await this.understand(source, caller.project, manager);
    const result = await new WorkflowRepository(manager).save({
      project: caller.project,
      name: read.name,
      description: read.description,
      source,
      format,
      plan: read.compile(versionOf),
      inputs: read.inputs,
      createdBy: caller.actor,
    });
    const { workflow, outcome } = result;
    if (outcome !== 'unchanged') {
      await new AuditRepository(manager).add({
        ...caller,
        action: outcome === 'created' ? 'workflow.create' : 'workflow.version',
        objectType: 'workflow',
        objectId: workflow.id,
        ...(outcome === 'created' ? {} : { before: { version: workflow.latestVersion - 1 } }),
        after: { name: workflow.name, version: workflow.latestVersion, digest: workflow.digest },
      });
    }
    return { ...result, findings };
  }

  /** Versions of other workflows are those that are meant now: by an alias, or where none is named. */
  private async understand(source: string, project: string, manager: EntityManager): Promise<Understood> {
    const { workflow: read, name = '', calls, findings: own } = readWorkflow(source, ACTIONS);
    const versionOf = await this.knowVersions(calls, project, manager);
    const findings = [...own, ...checkWorkflowCalls(calls, name, versionOf)].sort(
      (a, b) => a.line - b.line || a.column - b.column,
    );
    const errors = findings.filter((finding) => finding.severity === 'error').length;
    if (read !== undefined && errors === 0) return { read, findings, versionOf };
    const message = `The definition has ${errors === 1 ? 'one error' : `${errors} errors`}.`;
    throw problemError('definition-invalid', message, { findings });
  }

  private async knowVersions(
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
}

/** As the store knows it: an alias, or a semantic version without build metadata. */
function nameOf(version: string): string {
  const reference = parseVersionReference(version);
  return reference?.kind === 'semver' ? reference.semver.precedence : version;
}
