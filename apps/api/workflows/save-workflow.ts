import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { Finding } from '#domain/validation/finding.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import {
  type SaveOutcome,
  WorkflowRepository,
  type WorkflowRow,
} from '#persistence/repositories/workflow-repository.js';
import type { Caller } from '../http/caller.js';
import { DATA_SOURCE } from '../tokens.js';
import { UnderstandDefinition } from './understand-definition.js';

interface SavedWorkflow {
  readonly workflow: WorkflowRow;
  readonly outcome: SaveOutcome;
  readonly findings: readonly Finding[];
}

/** From text to an immutable version. */
@Injectable()
export class SaveWorkflow {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(UnderstandDefinition) private readonly understand: UnderstandDefinition,
  ) {}

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
    const { read, findings, versionOf } = await this.understand.require(source, caller.project, manager);
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
}
