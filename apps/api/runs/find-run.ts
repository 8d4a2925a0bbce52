import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import { RunRepository, type RunRow } from '#persistence/repositories/run-repository.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

@Injectable()
export class FindRun {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Throws SluiceError `id-invalid`, `run-not-found`. */
  async require(project: string, id: string): Promise<RunRow> {
    if (!isUUID(id)) throw problemError('id-invalid', 'The id of a run is a UUID.');
    const run = await new RunRepository(this.dataSource.manager).find(project, id);
    if (run === undefined) throw problemError('run-not-found', 'No run has this id.');
    return run;
  }
}
