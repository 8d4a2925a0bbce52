import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import { WorkflowRepository, type WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

@Injectable()
export class FindWorkflow {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** By id or by name. Throws SluiceError `workflow-not-found`. */
  async require(project: string, idOrName: string): Promise<WorkflowRow> {
    const workflows = new WorkflowRepository(this.dataSource.manager);
    const workflow =
      (isUUID(idOrName) ? await workflows.findById(project, idOrName) : undefined) ??
      (idOrName.includes('\0') ? undefined : await workflows.findByName(project, idOrName));
    if (workflow === undefined) throw problemError('workflow-not-found', 'No workflow has this id or name.');
    return workflow;
  }
}
