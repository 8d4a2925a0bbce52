import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import type { ExecutionReference } from '#contracts/cicd/execution.js';
import type { IntegrationRow } from '#persistence/integrations/integration-repository.js';
import { ExecutionList, type ExecutionRow } from '#persistence/pipelines/execution-list.js';
import { problemError } from '../http/problem.js';
import { FindIntegration } from '../integrations/find-integration.js';
import { DATA_SOURCE } from '../tokens.js';

/** An execution that its platform can be asked about. */
export interface NamedExecution {
  readonly row: ExecutionRow;
  readonly reference: ExecutionReference;
  readonly integration: IntegrationRow;
}

@Injectable()
export class FindExecution {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindIntegration) private readonly findIntegration: FindIntegration,
  ) {}

  /** Throws SluiceError `pipeline-execution-not-found`. */
  async require(project: string, id: string): Promise<ExecutionRow> {
    const row = isUUID(id)
      ? await new ExecutionList(this.dataSource.manager).find(project, id.toLowerCase())
      : undefined;
    if (row === undefined)
      throw problemError('pipeline-execution-not-found', 'No execution of a pipeline has this id.');
    return row;
  }

  /** Throws SluiceError as `require` does, `pipeline-execution-unnamed`, and `integration-not-found` where it is gone. */
  async requireNamed(project: string, id: string): Promise<NamedExecution> {
    const row = await this.require(project, id);
    const { externalId, platformProject, pipeline } = row;
    if (externalId === null) {
      throw problemError('pipeline-execution-unnamed', 'The platform has not named the execution yet.');
    }
    const integration = await this.findIntegration.require(project, row.integrationId);
    return { row, integration, reference: { project: platformProject, pipeline, id: externalId } };
  }
}
