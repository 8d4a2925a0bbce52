import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import type { Definition } from '#domain/definition/definition.js';
import { compile, type LatestVersion } from '#domain/plan/compile.js';
import type { Finding } from '#domain/validation/finding.js';
import { readDefinition } from '#domain/validation/validate.js';
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

interface ReadDefinition {
  readonly definition: Definition;
  /** Warnings. */
  readonly findings: readonly Finding[];
  readonly latestVersion: LatestVersion;
}

/** From text to an immutable version. */
@Injectable()
export class SaveWorkflow {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Throws SluiceError `definition-invalid` with every finding. */
  async save(source: string, format: 'yaml' | 'json', caller: Caller): Promise<SavedWorkflow> {
    const { definition, findings, latestVersion } = await this.read(source);
    const draft = {
      project: PROJECT,
      name: definition.name,
      description: definition.description,
      source,
      format,
      plan: compile(definition, ACTIONS, latestVersion),
      inputs: definition.inputs,
      createdBy: caller.actor,
    };
    const saved = await this.dataSource.transaction(async (manager) => {
      const result = await new WorkflowRepository(manager).save(draft);
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
      return result;
    });
    return { ...saved, findings };
  }

  /** Calls of other workflows without a version mean the latest that there is now. */
  private async read(source: string): Promise<ReadDefinition> {
    const { definition, name = '', calls, findings: own } = readDefinition(source, ACTIONS);
    const workflows = new WorkflowRepository(this.dataSource.manager);
    const versions = await workflows.findLatestVersions(PROJECT, namesOfCalls(calls));
    const latestVersion: LatestVersion = (workflow) => versions.get(workflow);
    const findings = [...own, ...checkWorkflowCalls(calls, name, latestVersion)].sort(
      (a, b) => a.line - b.line || a.column - b.column,
    );
    const errors = findings.filter((finding) => finding.severity === 'error').length;
    if (definition !== undefined && errors === 0) return { definition, findings, latestVersion };
    const message = `The definition has ${errors === 1 ? 'one error' : `${errors} errors`}.`;
    throw problemError('definition-invalid', message, { findings });
  }
}
