import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import {
  IntegrationRepository,
  type IntegrationRow,
} from '#persistence/integrations/integration-repository.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

@Injectable()
export class FindIntegration {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** By id or name. Throws SluiceError `integration-not-found`. */
  async require(project: string, idOrName: string): Promise<IntegrationRow> {
    const found = await new IntegrationRepository(this.dataSource.manager).find(project, idOrName);
    if (found === undefined) throw integrationNotFound();
    return found;
  }
}

export function integrationNotFound(): Error {
  return problemError('integration-not-found', 'No integration has this id or name.');
}
