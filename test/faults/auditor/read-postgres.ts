import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { verifyAuditLog } from '#persistence/audit/verify-log.js';
import type { AuditEvidence, Leftover, ProjectedRun } from './evidence.js';

const PROJECT = 'default';

export function readProjection(dataSource: DataSource): Promise<ProjectedRun[]> {
  return dataSource.query(
    `SELECT r.id, r.status, r.trigger, r.output, (extract(epoch FROM r.ended_at) * 1000)::float AS "endedAt",
       coalesce((SELECT json_object_agg(s.key, json_strip_nulls(json_build_object('status', s.status, 'attempts',
          (SELECT max(a.attempt) FROM step_attempts a WHERE a.run_id = s.run_id AND a.step = s.key))))
        FROM run_steps s WHERE s.run_id = r.id), '{}') AS steps,
       coalesce((SELECT json_object_agg(step, made) FROM
         (SELECT a.step, count(*) AS made FROM step_attempts a
          WHERE a.run_id = r.id GROUP BY a.step) AS by_step), '{}') AS attempts
     FROM runs r ORDER BY r.id`,
  );
}

/** Ids of the steps of each run that are actions, by its plan. */
export async function readActions(dataSource: DataSource): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const rows: { id: string; actions: string[] }[] = await dataSource.query(
    `SELECT r.id, ARRAY(SELECT node->>'id' FROM json_array_elements(v.plan->'nodes') node
       WHERE node->>'kind' = 'uses') AS actions
     FROM runs r JOIN workflow_versions v ON v.workflow_id = r.workflow_id AND v.version = r.version`,
  );
  return new Map(rows.map(({ id, actions }) => [id, new Set(actions)]));
}

export async function readAudit(dataSource: DataSource): Promise<AuditEvidence> {
  const started: { run: string }[] = await dataSource.query(
    `SELECT object_id AS run FROM audit_log WHERE action = 'run.start' ORDER BY object_id`,
  );
  const { fault, unsealed } = await verifyAuditLog(dataSource, PROJECT);
  return {
    started: started.map(({ run }) => run),
    unsealed,
    ...(fault === undefined ? {} : { fault: JSON.stringify(fault) }),
  };
}

/** @param home of the platform: each worker has a folder in it */
export async function readLeftovers(dataSource: DataSource, home: string): Promise<Leftover[]> {
  const rows: Leftover[] = await dataSource.query(
    `SELECT run_id AS run, 'a message to Temporal: ' || kind AS what FROM outbox WHERE delivered_at IS NULL
     UNION ALL SELECT target_run, 'an event for it' FROM event_deliveries WHERE delivered_at IS NULL
     UNION ALL SELECT run_id, 'a claim of the step ' || step FROM claims
     UNION ALL SELECT run_id, 'a workspace on ' || queue FROM workspaces`,
  );
  return [...rows, ...(await readFolders(home))];
}

async function readFolders(home: string): Promise<Leftover[]> {
  const workers = await readdir(home, { withFileTypes: true });
  const folders = workers.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const found = await Promise.all(
    folders.map(async (worker) => {
      const runs = await readdir(join(home, worker, 'workspaces')).catch(() => []);
      return runs.map((run) => ({ run, what: `a folder of ${worker}` }));
    }),
  );
  return found.flat();
}
