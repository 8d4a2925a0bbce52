import type { DataSource, QueryRunner } from 'typeorm';

/** Tables that grow with runs: a list may read of them what it shows, and never all. */
export const GROWING = ['runs', 'run_steps', 'step_attempts', 'run_events', 'outbox', 'audit_log'] as const;

/** Of each project; the first has most runs. */
const MANY_PROJECTS = ['default', 'web', 'data'] as const;
const WORKFLOWS_EACH = 40;

/**
 * Fills a migrated, empty database with so many runs of three projects: over ninety days, most of few workflows and
 * people, one of eleven failed, the newest two hundred alive. Within seconds: what checks and indexes would cost a row is
 * done once for all.
 */
export async function insertManyRuns(dataSource: DataSource, count: number): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SET session_replication_role = replica');
    await runner.query(`SET synchronous_commit = off`);
    await insertWorkflows(runner);
    const indexes: { name: string; definition: string }[] = await runner.query(
      `SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
       WHERE t.relname = ANY ($1) AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)`,
      [GROWING],
    );
    for (const { name } of indexes) await runner.query(`DROP INDEX ${name}`);
    for (const statement of STATEMENTS) await runner.query(statement, [count]);
    for (const { definition } of indexes) await runner.query(definition);
    await runner.query('RESET session_replication_role');
    await runner.query('VACUUM ANALYZE');
  } finally {
    await runner.release();
  }
}

async function insertWorkflows(runner: QueryRunner): Promise<void> {
  await runner.query(
    `INSERT INTO workflows (id, project, name, latest_version)
     SELECT ${uuid(`'w' || p || n`)}, p, 'workflow-' || n, 1
     FROM unnest($1::text[]) AS p CROSS JOIN generate_series(0, $2 - 1) AS n`,
    [MANY_PROJECTS, WORKFLOWS_EACH],
  );
  await runner.query(
    `INSERT INTO workflow_versions (workflow_id, version, project, digest, source, format, plan, inputs, created_by)
     SELECT id, 1, project, 'sha256:00', 'sluice: 1', 'yaml',
       json_build_object('format', 1, 'name', name, 'nodes', '[]'::json, 'root', '{"flow":"needs","nodes":[]}'::json,
         'digest', 'sha256:00'), '{}', 'bench' FROM workflows`,
  );
}

/** Of a text, the same each time. */
function uuid(text: string): string {
  return `md5(${text})::uuid`;
}

/** From 0 (included) to 1, the same each time for one number and name. */
function share(of: string, name: string): string {
  return `((hashtextextended(${of} || '${name}', 0) & 1048575) / 1048576.0)`;
}

const RUN_ID = `(lpad(to_hex(at), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid`;

const NO_HASH = `decode(repeat('00', 32), 'hex')`;

/** $1 is the number of runs. */
const STATEMENTS = [
  `INSERT INTO runs (id, project, workflow_id, version, status, trigger, started_by, inputs, error, request_digest,
     created_at, started_at, ended_at, settled, total)
   SELECT ${RUN_ID}, project, ${uuid(`'w' || project || workflow`)}, 1, status,
     CASE WHEN origin < 0.97 THEN 'api' WHEN origin < 0.99 THEN 'rerun' ELSE 'workflow' END,
     'user-' || person, '{"who":"world"}',
     CASE WHEN status = 'failed'
       THEN json_build_object('class', (ARRAY['timeout', 'code', 'test', 'dependency'])[1 + n % 4], 'code', 'failed',
         'message', 'It failed.') END,
     'sha256:00', to_timestamp(at / 1000.0), to_timestamp(at / 1000.0) + interval '1 second',
     CASE WHEN n <= $1 - 200 THEN to_timestamp(at / 1000.0) + n % 600 * interval '1 second' END, 2, 2
   FROM (
     SELECT n, at, origin, (power(who, 3) * 200)::integer AS person, (power(what, 3) * ${WORKFLOWS_EACH - 1})::integer AS workflow,
       CASE WHEN home < 0.8 THEN 'default' WHEN home < 0.95 THEN 'web' ELSE 'data' END AS project,
       CASE WHEN n > $1 - 200 THEN (ARRAY['queued', 'running', 'paused', 'canceling'])[1 + n % 4]
         WHEN came < 0.89 THEN 'succeeded' WHEN came < 0.98 THEN 'failed' WHEN came < 0.995 THEN 'canceled'
         ELSE 'rejected' END AS status
     FROM (
       SELECT n, (extract(epoch FROM now()) * 1000)::bigint - ($1 - n)::bigint * (7776000000 / $1) AS at,
         ${share('n', 'origin')} AS origin, ${share('n', 'who')} AS who, ${share('n', 'what')} AS what,
         ${share('n', 'home')} AS home, ${share('n', 'came')} AS came
       FROM generate_series(1, $1::integer) AS n
     ) AS drawn
   ) AS chosen`,
  `INSERT INTO run_steps (run_id, key, project, status, started_at, ended_at, error, waiting, approval, sequence, change)
   SELECT id, CASE s WHEN 1 THEN 'build' ELSE 'gate' END, project,
     CASE WHEN ended_at IS NULL THEN 'running' WHEN s = 2 AND status = 'failed' THEN 'failed' ELSE 'succeeded' END,
     started_at, ended_at, CASE WHEN s = 2 THEN error END,
     CASE WHEN s = 2 AND ended_at IS NULL THEN 'approval' END,
     CASE WHEN s = 2 AND ended_at IS NULL
       THEN '{"by":["approver"],"quorum":1,"selfApproval":true,"votes":[],"reminders":0}'::json END, s, s
   FROM runs CROSS JOIN generate_series(1, 2) AS s WHERE $1::integer IS NOT NULL`,
  `INSERT INTO step_attempts (run_id, step, attempt, project, status, worker, action, started_at, ended_at, error, change)
   SELECT id, 'gate', 1, project, CASE WHEN status = 'failed' THEN 'failed' ELSE 'succeeded' END, 'w', 'http/request',
     started_at, ended_at, error, 1
   FROM runs WHERE ended_at IS NOT NULL AND $1::integer IS NOT NULL`,
  `INSERT INTO run_events (run_id, sequence, project, at, type, step, by)
   SELECT id, e, project, started_at, 'approval.approved', 'gate', started_by
   FROM runs CROSS JOIN generate_series(1, 1) AS e WHERE $1::integer IS NOT NULL`,
  `INSERT INTO outbox (project, kind, run_id, attempts, delivered_at)
   SELECT project, 'start', id, 1, CASE WHEN status <> 'queued' THEN started_at END
   FROM runs WHERE $1::integer IS NOT NULL`,
  // In their places, as a moment after each was written: a chain that nobody verifies here.
  `INSERT INTO audit_log (id, project, at, actor, action, object_type, object_id, sequence, previous, hash, salts)
   SELECT id, project, created_at, started_by, 'run.start', 'run', id::text,
     row_number() OVER (PARTITION BY project ORDER BY id), ${NO_HASH}, ${NO_HASH}, ${NO_HASH}
   FROM runs WHERE $1::integer IS NOT NULL`,
  `INSERT INTO audit_chains (project, sequence, hash)
   SELECT project, max(sequence), ${NO_HASH} FROM audit_log WHERE $1::integer IS NOT NULL GROUP BY project`,
];
