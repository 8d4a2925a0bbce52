import type { DataSource, EntityManager } from 'typeorm';
import type { AddedChildRun, CallableWorkflow, ChildRunStore, NewChildRun } from '#contracts/ports.js';
import type { JsonObject } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';
import { AuditRepository } from './repositories/audit-repository.js';
import { GroupRepository } from './repositories/group-repository.js';
import { createUuidV7, timeOfUuidV7 } from './uuid-v7.js';

/** Child runs in Postgres. */
export class PostgresChildRunStore implements ChildRunStore {
  constructor(private readonly dataSource: DataSource) {}

  async find(project: string, workflow: string, version: number): Promise<CallableWorkflow | undefined> {
    const [row]: {
      id: string;
      latestVersion: number;
      plan: Plan | null;
      inputs: Readonly<Record<string, JsonObject>> | null;
    }[] = await this.dataSource.query(
      `SELECT w.id, w.latest_version AS "latestVersion", v.plan, v.inputs
       FROM workflows w LEFT JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = $3
       WHERE w.project = $1 AND w.name = $2`,
      [project, workflow, version],
    );
    if (row === undefined) return undefined;
    const { id, latestVersion, plan, inputs } = row;
    return { id, latestVersion, ...(plan === null || inputs === null ? {} : { version: { plan, inputs } }) };
  }

  async add(child: NewChildRun): Promise<AddedChildRun> {
    return (await findByKey(this.dataSource.manager, child)) ?? this.insert(child);
  }

  private async insert(child: NewChildRun): Promise<AddedChildRun> {
    const { project, concurrency } = child;
    return this.dataSource.transaction(async (manager) => {
      const groups = new GroupRepository(manager);
      if (concurrency !== undefined) {
        await groups.lock(project, concurrency.group);
        const [live] = await groups.listLive(project, concurrency.group, null);
        if (live !== undefined) {
          const earlier = await findByKey(manager, child);
          if (earlier !== undefined) return earlier;
          if (concurrency.policy === 'cancel') {
            const step = `step ${child.parent.step} of run ${child.parent.run}`;
            await groups.cancelLive(project, concurrency.group, { actor: child.startedBy, step });
          }
          return { outcome: concurrency.policy === 'reject' ? 'rejected' : 'busy', run: live.id };
        }
      }
      const id = createUuidV7();
      const [row] = await manager.query(INSERT, [
        id,
        project,
        child.workflow.id,
        child.version,
        child.startedBy,
        JSON.stringify(child.inputs),
        child.key,
        child.total,
        child.parent.run,
        child.parent.step,
        concurrency?.group ?? null,
        timeOfUuidV7(id),
      ]);
      if (row === undefined) return (await findByKey(manager, child)) ?? { outcome: 'ended' };
      await this.accompany(manager, child, row.id);
      return { outcome: 'added', id: row.id, createdAt: row.createdAt };
    });
  }

  /** What every run has beside its row. Its start is no relay's business: the step that calls it starts it. */
  private async accompany(manager: EntityManager, child: NewChildRun, id: string): Promise<void> {
    await manager.query(
      `INSERT INTO outbox (project, kind, run_id, attempts, delivered_at) VALUES ($1, 'start', $2, 1, now())`,
      [child.project, id],
    );
    await new AuditRepository(manager).add({
      project: child.project,
      actor: child.startedBy,
      action: 'run.start',
      objectType: 'run',
      objectId: id,
      after: {
        workflow: child.workflow.name,
        version: child.version,
        inputs: child.inputs,
        parent: { run: child.parent.run, step: child.parent.step },
      },
    });
  }
}

async function findByKey(manager: EntityManager, child: NewChildRun): Promise<AddedChildRun | undefined> {
  const [row] = await manager.query(
    `SELECT id, created_at AS "createdAt", ended_at IS NOT NULL AS ended
     FROM runs WHERE project = $1 AND idempotency_key = $2`,
    [child.project, child.key],
  );
  if (row === undefined) return undefined;
  return row.ended === true
    ? { outcome: 'ended' }
    : { outcome: 'added', id: row.id, createdAt: row.createdAt };
}

/** Its key is its request. */
const INSERT = `
  INSERT INTO runs (id, project, workflow_id, version, status, trigger, started_by, inputs, idempotency_key,
    request_digest, total, parent_run, parent_step, concurrency_group,
    group_turn, created_at)
  VALUES ($1, $2, $3, $4, 'queued', 'workflow', $5, $6::json, $7, $7, $8, $9, $10, $11,
    CASE WHEN $11::text IS NOT NULL THEN nextval('group_turns') END, $12)
  ON CONFLICT (project, idempotency_key) DO NOTHING RETURNING id, created_at AS "createdAt"`;
