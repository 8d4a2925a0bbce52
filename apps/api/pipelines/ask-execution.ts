import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { type Execution, isOver, type PipelineJob } from '#contracts/cicd/execution.js';
import { ExecutionList, type ExecutionRow, type JobRow } from '#persistence/pipelines/execution-list.js';
import { ExecutionRepository } from '#persistence/pipelines/execution-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import type { Caller } from '../http/caller.js';
import { requireSupported } from '../integrations/platform-failure.js';
import { UsePlatform } from '../integrations/use-platform.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindExecution, type NamedExecution } from './find-execution.js';

/** Asks platforms about executions, and notes what they tell. */
@Injectable()
export class AskExecution {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindExecution) private readonly findExecution: FindExecution,
    @Inject(UsePlatform) private readonly usePlatform: UsePlatform,
  ) {}

  /** Of its last attempt: of one that is over, as they are kept here. Throws SluiceError as FindExecution and UsePlatform do. */
  async jobs(project: string, id: string): Promise<readonly JobRow[]> {
    const row = await this.findExecution.require(project, id);
    const list = new ExecutionList(this.dataSource.manager);
    const known = await list.listJobs(row.id, row.attempt);
    if (known.length > 0 && isOver(row.state) && known.every(({ state }) => isOver(state))) return known;
    const named = await this.findExecution.requireNamed(project, id);
    const now = await this.usePlatform.run(named.integration, async ({ client }) => {
      const execution = await client.status(named.reference);
      return { execution, jobs: await client.jobs(execution.reference) };
    });
    const { attempt } = await this.observe(named, now.execution, { jobs: now.jobs });
    return list.listJobs(row.id, attempt);
  }

  /** Of what is over already nothing is asked. Throws SluiceError as FindExecution and UsePlatform do. */
  async cancel(id: string, reason: string | undefined, caller: Caller): Promise<ExecutionRow> {
    const named = await this.findExecution.requireNamed(caller.project, id);
    const execution = await this.usePlatform.run(named.integration, async ({ client, platform }) => {
      requireSupported(await client.cancel(named.reference), platform.description);
      return client.status(named.reference);
    });
    return this.note(named, execution, { action: 'pipeline.cancel', reason, caller });
  }

  /** The execution that does it again. Throws SluiceError as FindExecution and UsePlatform do. */
  async retry(
    id: string,
    { what, reason }: { readonly what: 'all' | 'failed'; readonly reason: string | undefined },
    caller: Caller,
  ): Promise<ExecutionRow> {
    const named = await this.findExecution.requireNamed(caller.project, id);
    const execution = await this.usePlatform.run(named.integration, async ({ client, platform }) =>
      requireSupported(await client.retry(named.reference, what), platform.description),
    );
    return this.note(named, execution, { action: 'pipeline.retry', what, reason, caller });
  }

  private async note(
    named: NamedExecution,
    execution: Execution,
    { action, what, reason, caller }: Deed,
  ): Promise<ExecutionRow> {
    const row = await this.observe(named, execution, { again: action === 'pipeline.retry' });
    await new AuditRepository(this.dataSource.manager).add({
      ...caller,
      action,
      objectType: 'pipeline',
      objectId: named.row.id,
      before: { state: named.row.state, attempt: named.row.attempt },
      after: {
        execution: row.id,
        state: row.state,
        attempt: row.attempt,
        ...(what === undefined ? {} : { what }),
      },
      reason,
    });
    return row;
  }

  private async observe(
    { integration, row }: NamedExecution,
    execution: Execution,
    more: { readonly jobs?: readonly PipelineJob[]; readonly again?: boolean },
  ): Promise<ExecutionRow> {
    const { id, project, platform } = integration;
    const seen = { execution, told: false, ...more };
    const noted = await this.dataSource.transaction((manager) =>
      new ExecutionRepository(manager).observe({ id, project, platform }, seen),
    );
    return this.findExecution.require(row.project, noted);
  }
}

interface Deed {
  readonly action: 'pipeline.cancel' | 'pipeline.retry';
  readonly what?: 'all' | 'failed';
  readonly reason: string | undefined;
  readonly caller: Caller;
}
