import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import type { ReadWorkflow } from '#domain/front-ends/front-end.js';
import { readWorkflow } from '#domain/front-ends/read-workflow.js';
import type { LatestVersion } from '#domain/plan/compile.js';
import type { Finding } from '#domain/validation/finding.js';
import { checkWorkflowCalls, namesOfCalls } from '#domain/validation/workflows.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import {
  type SaveOutcome,
  WorkflowRepository,
  type WorkflowRow,
} from '#persistence/repositories/workflow-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE, PROJECT } from '../tokens.js';

interface SavedWorkflow {
  readonly workflow: WorkflowRow;
  readonly outcome: SaveOutcome;
  readonly findings: readonly Finding[];
}

interface Understood {
  readonly read: ReadWorkflow;
  /** Warnings. */
  readonly findings: readonly Finding[];
  readonly latestVersion: LatestVersion;
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
    const { read, findings, latestVersion } = await this.understand(source, manager);
    const result = await new WorkflowRepository(manager).save({
      project: PROJECT,
      name: read.name,
      description: read.description,
      source,
      format,
      plan: read.compile(latestVersion),
      inputs: read.inputs,
      createdBy: caller.actor,
    });
    const { workflow, outcome } = result;
    if (outcome !== 'unchanged') {
      await new AuditRepository(manager).add({
        project: PROJECT,
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

  /** Calls of other workflows without a version mean the latest that there is now. */
  private async understand(source: string, manager: EntityManager): Promise<Understood> {
    const { workflow: read, name = '', calls, findings: own } = readWorkflow(source, ACTIONS);
    const workflows = new WorkflowRepository(manager);
    const versions = await workflows.findLatestVersions(PROJECT, namesOfCalls(calls));
    const latestVersion: LatestVersion = (workflow) => versions.get(workflow);
    const findings = [...own, ...checkWorkflowCalls(calls, name, latestVersion)].sort(
      (a, b) => a.line - b.line || a.column - b.column,
    );
    const errors = findings.filter((finding) => finding.severity === 'error').length;
    if (read !== undefined && errors === 0) return { read, findings, latestVersion };
    const message = `The definition has ${errors === 1 ? 'one error' : `${errors} errors`}.`;
    throw problemError('definition-invalid', message, { findings });
  }
}
