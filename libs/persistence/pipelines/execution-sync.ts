import type { EntityManager } from 'typeorm';
import type { Execution, ExecutionReference } from '#contracts/cicd/execution.js';

/** Those of the executions whose jobs are kept here, of the attempt that they are in. */
export async function listWithJobs(
  manager: EntityManager,
  integration: string,
  executions: readonly Execution[],
): Promise<ReadonlySet<Execution>> {
  if (executions.length === 0) return new Set();
  const rows: { project: string; id: string; attempt: number }[] = await manager.query(
    `SELECT e.platform_project AS project, e.external_id AS id, e.attempt FROM pipeline_executions e
     WHERE e.integration_id = $1 AND e.platform_project = ANY ($2) AND e.external_id = ANY ($3) AND EXISTS (
       SELECT FROM pipeline_jobs j WHERE j.execution_id = e.id AND j.execution_attempt = e.attempt AND j.ended_at IS NOT NULL)`,
    [
      integration,
      [...new Set(executions.map(({ reference }) => reference.project))],
      executions.map(({ reference }) => reference.id),
    ],
  );
  const known = new Set(rows.map(({ project, id, attempt }) => JSON.stringify([project, id, attempt])));
  return new Set(
    executions.filter(({ reference, attempt }) =>
      known.has(JSON.stringify([reference.project, reference.id, attempt])),
    ),
  );
}

/** What has not ended and no step waits for, the longest unheard of first. */
export async function listOpen(
  manager: EntityManager,
  integration: string,
  project: string,
  { since, limit }: { readonly since: Date; readonly limit: number },
): Promise<ExecutionReference[]> {
  return manager.query(
    `SELECT platform_project AS project, pipeline, external_id AS id FROM pipeline_executions e
     WHERE integration_id = $1 AND platform_project = $2 AND external_id IS NOT NULL
       AND (concluded_at IS NOT NULL OR NOT EXISTS (SELECT FROM runs r WHERE r.id = e.run_id AND r.ended_at IS NULL))
       AND state IN ('queued', 'running', 'blocked') AND e.created_at >= $3
     ORDER BY e.updated_at LIMIT $4`,
    [integration, project, since, limit],
  );
}
