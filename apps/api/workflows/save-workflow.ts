import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { compile } from '#domain/plan/compile.js';
import type { Finding } from '#domain/validation/finding.js';
import { readDefinition } from '#domain/validation/validate.js';
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

/** From text to an immutable version. */
@Injectable()
export class SaveWorkflow {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Throws SluiceError `definition-invalid` with every finding. */
  async save(source: string, format: 'yaml' | 'json', caller: Caller): Promise<SavedWorkflow> {
    const { definition, findings } = readDefinition(source, ACTIONS);
    if (definition === undefined) {
      const count = findings.filter((finding) => finding.severity === 'error').length;
      const message = `The definition has ${count === 1 ? 'one error' : `${count} errors`}.`;
      throw problemError('definition-invalid', message, { findings });
    }
    const draft = {
      project: PROJECT,
      name: definition.name,
      description: definition.description,
      source,
      format,
      plan: compile(definition, ACTIONS),
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
}
