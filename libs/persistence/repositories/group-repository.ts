import type { EntityManager } from 'typeorm';
import type { ConcurrencyPolicy } from '#domain/definition/definition.js';
import { orderCancel } from '../order-cancel.js';
import { lockRunsIn } from '../run-lock.js';

interface GroupMember {
  readonly id: string;
  readonly status: string;
}

interface GroupCaller {
  readonly actor: string;
  readonly correlationId?: string;
}

/** Concurrency groups: of the runs of one, the one that joined first is live, and the others wait for its end. */
export class GroupRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Until the transaction ends, nobody else joins the group. Take it before a run of it is inserted. */
  async lock(project: string, group: string): Promise<void> {
    await this.manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `group ${project} ${group}`,
    ]);
  }

  /** Runs of the group that have not ended, but for `except`, in the order of joining. Call under `lock`. */
  async listLive(project: string, group: string, except: string | null): Promise<GroupMember[]> {
    return this.manager.query(
      `SELECT r.id, r.status
       FROM runs r
       WHERE r.project = $1 AND r.concurrency_group = $2 AND r.ended_at IS NULL AND r.id IS DISTINCT FROM $3::uuid
       ORDER BY r.group_turn`,
      [project, group, except],
    );
  }

  /**
   * Makes way for a run of the group that was just inserted, as the policy says. Answers with the run that keeps it out,
   * where one does. Call under `lock`.
   */
  async makeWay(
    run: { readonly id: string; readonly project: string },
    { group, policy }: { readonly group: string; readonly policy: ConcurrencyPolicy },
    by: GroupCaller,
  ): Promise<GroupMember | undefined> {
    const live = await this.listLive(run.project, group, run.id);
    if (policy === 'reject' && live[0] !== undefined) return live[0];
    if (policy === 'cancel')
      await this.cancel(live, run.project, `${nameOf(group)}: replaced by run ${run.id}.`, by);
    return undefined;
  }

  /** Asks all live runs of the group to end, in favour of a run that waits outside. Call under `lock`. */
  async cancelLive(
    project: string,
    group: string,
    by: GroupCaller & { readonly step: string },
  ): Promise<void> {
    const live = await this.listLive(project, group, null);
    await this.cancel(live, project, `${nameOf(group)}: replaced by the run that ${by.step} starts.`, by);
  }

  private async cancel(
    live: readonly GroupMember[],
    project: string,
    reason: string,
    { actor, correlationId }: GroupCaller,
  ): Promise<void> {
    const ids = live.map((member) => member.id);
    await lockRunsIn(this.manager, ids);
    for (const { id, status } of live) {
      await orderCancel(this.manager, {
        project,
        run: id,
        status,
        actor,
        reason,
        ...(correlationId === undefined ? {} : { correlationId }),
      });
    }
  }
}

function nameOf(group: string): string {
  return `Concurrency group "${group}"`;
}
