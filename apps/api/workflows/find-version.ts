import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { WorkflowVersion } from '#persistence/entities/workflow-version.entity.js';
import { WorkflowRepository } from '#persistence/repositories/workflow-repository.js';
import { DATA_SOURCE } from '../tokens.js';

const REMEMBERED = 32;

/** Versions never change: those used last are kept in memory with their plans. */
@Injectable()
export class FindVersion {
  private readonly known = new Map<string, WorkflowVersion>();

  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  async find(workflowId: string, version: number): Promise<WorkflowVersion | undefined> {
    const key = `${workflowId} ${version}`;
    const found = this.known.get(key) ?? (await this.load(workflowId, version));
    if (found === undefined) return undefined;
    this.known.delete(key);
    this.known.set(key, found);
    if (this.known.size > REMEMBERED) this.known.delete(this.known.keys().next().value!);
    return found;
  }

  /** Of a run, whose version is there by its foreign key. */
  async require(run: { readonly workflowId: string; readonly version: number }): Promise<WorkflowVersion> {
    const version = await this.find(run.workflowId, run.version);
    if (version === undefined)
      throw new Error(`version ${run.version} of workflow ${run.workflowId} is gone`);
    return version;
  }

  private async load(workflowId: string, version: number): Promise<WorkflowVersion | undefined> {
    const repository = new WorkflowRepository(this.dataSource.manager);
    return (await repository.findVersion(workflowId, version)) ?? undefined;
  }
}
