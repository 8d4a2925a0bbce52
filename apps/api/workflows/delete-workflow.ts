import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { WorkflowRemoval } from '#persistence/repositories/workflow-removal.js';
import type { WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

/** Takes workflows away; their versions and runs stay. */
@Injectable()
export class DeleteWorkflow {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /**
   * A run that is being accepted at this moment keeps its version, and ends as it would. Throws SluiceError
   * `workflow-not-found`, `workflow-in-use`.
   */
  async delete(workflow: WorkflowRow, reason: string | undefined, caller: Caller): Promise<void> {
    const { id, name, latestVersion } = workflow;
    await this.dataSource.transaction(async (manager) => {
      const removal = new WorkflowRemoval(manager);
      if (!(await removal.lock(id)))
        throw problemError('workflow-not-found', 'No workflow has this id or name.');
      const run = await removal.findLivingRun(id);
      if (run !== undefined) {
        throw problemError('workflow-in-use', `Run ${run.id} of ${name} has not ended: it is ${run.status}.`);
      }
      const schedule = await removal.findSchedule(id);
      if (schedule !== undefined) {
        throw problemError('workflow-in-use', `The schedule ${schedule} starts ${name}.`);
      }
      const [calling] = await removal.findCallers(caller.project, workflow);
      if (calling !== undefined) {
        throw problemError('workflow-in-use', `${calling.name}, version ${calling.version}, calls ${name}.`);
      }
      const webhook = await removal.findWebhook(id);
      if (webhook !== undefined) {
        throw problemError('workflow-in-use', `The webhook ${webhook.name} starts ${name}.`);
      }
      await removal.markDeleted(id);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'workflow.delete',
        objectType: 'workflow',
        objectId: id,
        before: { name, version: latestVersion },
        reason,
      });
    });
  }
}
