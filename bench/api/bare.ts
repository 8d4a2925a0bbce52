import { FastifyAdapter } from '@nestjs/platform-fastify';
import pg from 'pg';
import { createUuidV7 } from '#persistence/uuid-v7.js';

/** The plainest server for the same rows: Fastify alone, without Nest, and pg. */
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const server = new FastifyAdapter({ forceCloseConnections: true }).getInstance();

/** What a run is shown by, but what keeps it waiting. */
const COLUMNS = `r.id, r.project, r.workflow_id, COALESCE(w.former_name, w.name) AS workflow, r.version, p.semver, r.status, r.trigger,
  r.started_by, r.inputs, r.output, r.error, r.created_at, r.started_at, r.ended_at, r.cancel_by, r.cancel_reason,
  r.cancel_at, r.rerun_of, r.rerun_from, r.webhook_delivery, r.parent_run, r.parent_step, r.settled, r.total`;
const TABLES = `runs r JOIN workflows w ON w.id = r.workflow_id
  LEFT JOIN workflow_publications p ON p.workflow_id = r.workflow_id AND p.version = r.version`;

interface RunsQuery {
  readonly status?: string;
  readonly workflow?: string;
}

server.get('/runs', async (request) => {
  const { status, workflow } = request.query as RunsQuery;
  const values: string[] = ['default'];
  const where = ['r.project = $1'];
  if (status !== undefined) where.push(`r.status = $${values.push(status)}`);
  if (workflow !== undefined) {
    where.push(
      `r.workflow_id = (SELECT id FROM workflows WHERE project = $1 AND name = $${values.push(workflow)})`,
    );
  }
  const { rows } = await pool.query(
    `SELECT ${COLUMNS} FROM ${TABLES} WHERE ${where.join(' AND ')}
     ORDER BY r.id DESC LIMIT 51`,
    values,
  );
  return { items: rows };
});

server.post('/execute', async (request, reply) => {
  const { workflow, inputs } = request.body as { workflow: string; inputs: object };
  const id = createUuidV7();
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO runs (id, project, workflow_id, version, status, trigger, started_by, inputs, request_digest, total)
       SELECT $1, 'default', w.id, w.latest_version, 'queued', 'api', 'bench', $2::json, 'sha256:00', 1
       FROM workflows w WHERE w.project = 'default' AND w.name = $3`,
      [id, JSON.stringify(inputs), workflow],
    );
    await client.query(
      `INSERT INTO outbox (project, kind, run_id, delivered_at) VALUES ('default', 'start', $1, now())`,
      [id],
    );
    await client.query(
      `INSERT INTO audit_log (id, project, actor, action, object_type, object_id, after)
       VALUES ($1, 'default', 'bench', 'run.start', 'run', $2, $3::json)`,
      [createUuidV7(), id, JSON.stringify({ workflow, inputs })],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
  const { rows } = await pool.query(`SELECT ${COLUMNS} FROM ${TABLES} WHERE r.id = $1`, [id]);
  return reply.code(202).send(rows[0]);
});

await server.listen({ port: 0, host: '127.0.0.1' });
const address = server.server.address();
if (address === null || typeof address === 'string') throw new Error('it listens nowhere');
process.send?.({ type: 'ready', url: `http://127.0.0.1:${address.port}` });
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
