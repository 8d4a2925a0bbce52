import type { EntityManager } from 'typeorm';
import type { RunViewStatus } from '#contracts/rest/runs.js';
import type { Plan } from '#domain/plan/plan.js';

interface CallingVersion {
  readonly name: string;
  readonly version: number;
}

/** What stands in the way of a workflow's removal, and the removal itself. */
export class WorkflowRemoval {
  constructor(private readonly manager: EntityManager) {}

  /** Until the transaction ends, nobody saves a version of it. False where it was deleted meanwhile. */
  async lock(id: string): Promise<boolean> {
    const rows = await this.manager.query(
      'SELECT id FROM workflows WHERE id = $1 AND deleted_at IS NULL FOR UPDATE',
      [id],
    );
    return rows.length === 1;
  }

  async findLivingRun(id: string): Promise<{ id: string; status: RunViewStatus } | undefined> {
    const [row] = await this.manager.query(
      `SELECT r.id, r.status FROM unnest($2::text[]) AS s (status) CROSS JOIN LATERAL (
         SELECT id, status FROM runs WHERE workflow_id = $1 AND status = s.status LIMIT 1) AS r LIMIT 1`,
      [id, ['queued', 'running', 'paused', 'canceling', 'rolling-back']],
    );
    return row;
  }

  /** Name of one that starts it. */
  async findSchedule(id: string): Promise<string | undefined> {
    const [row] = await this.manager.query(
      'SELECT name FROM schedules WHERE workflow_id = $1 AND deleted_at IS NULL ORDER BY name LIMIT 1',
      [id],
    );
    return row?.name;
  }

  /** Versions of other workflows that call it: the newest of each, and those that an alias names. */
  async findCallers(
    project: string,
    { id, name }: { readonly id: string; readonly name: string },
  ): Promise<CallingVersion[]> {
    const rows: (CallingVersion & { plan: Plan })[] = await this.manager.query(
      `SELECT w.name, v.version, v.plan FROM workflows w JOIN workflow_versions v ON v.workflow_id = w.id
       WHERE w.project = $1 AND w.id <> $2 AND w.deleted_at IS NULL
         AND (v.version = w.latest_version OR EXISTS (
           SELECT FROM workflow_aliases a WHERE a.workflow_id = w.id AND a.version = v.version))
         AND strpos(v.plan::text, $3) > 0
       ORDER BY w.name, v.version`,
      [project, id, `"workflow":${JSON.stringify(name)}`],
    );
    return rows.filter(({ plan }) =>
      plan.nodes.some((node) => node.kind === 'workflow' && node.workflow === name),
    );
  }

  /** A webhook that starts it. */
  async findWebhook(id: string): Promise<{ readonly name: string } | undefined> {
    const [row] = await this.manager.query(
      'SELECT name FROM webhooks WHERE workflow_id = $1 AND deleted_at IS NULL ORDER BY name LIMIT 1',
      [id],
    );
    return row;
  }

  /** Its name is free from then on. */
  async markDeleted(id: string): Promise<void> {
    await this.manager.query(
      `UPDATE workflows SET deleted_at = now(), former_name = name, name = name || ' (deleted ' || id || ')'
       WHERE id = $1`,
      [id],
    );
  }
}
