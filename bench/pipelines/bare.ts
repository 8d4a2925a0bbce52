import { createHmac, timingSafeEqual } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import pg from 'pg';
import { createUuidV7 } from '#persistence/uuid-v7.js';

/*
 * The least that the end of a pipeline costs by a webhook: Fastify and pg alone, which prove the sender, ask the platform for
 * the run and its jobs, and write one row. It answers once that is committed.
 */
const { DATABASE_URL: connectionString, BARE_PLATFORM: platform, BARE_TOKEN, BARE_SECRET = '' } = process.env;
const pool = new pg.Pool({ connectionString, max: 10 });
const server = new FastifyAdapter({ forceCloseConnections: true }).getInstance();

server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
);

async function ask(path: string): Promise<unknown> {
  const answer = await fetch(platform + path, { headers: { authorization: `Bearer ${BARE_TOKEN}` } });
  return answer.json();
}

server.post('/hook', async (request, reply) => {
  const body = request.body as Buffer;
  const proof = Buffer.from(`sha256=${createHmac('sha256', BARE_SECRET).update(body).digest('hex')}`);
  if (!timingSafeEqual(proof, Buffer.from(String(request.headers['x-hub-signature-256'])))) {
    return reply.code(401).send();
  }
  const { id } = (JSON.parse(body.toString()) as { readonly workflow_run: { readonly id: number } })
    .workflow_run;
  const run = await ask(`/repos/acme/app/actions/runs/${id}`);
  const jobs = await ask(`/repos/acme/app/actions/runs/${id}/jobs`);
  await pool.query(
    `INSERT INTO audit_log (id, project, actor, action, object_type, object_id, after)
     VALUES ($1, 'default', 'bench', 'run.start', 'run', $2, $3::json)`,
    [createUuidV7(), String(id), JSON.stringify({ run, jobs })],
  );
  return reply.code(202).send();
});

await server.listen({ port: 0, host: '127.0.0.1' });
const address = server.server.address();
if (address === null || typeof address === 'string') throw new Error('it listens nowhere');
process.send?.({ url: `http://127.0.0.1:${address.port}` });
process.once('SIGTERM', () => process.exit(0));
process.once('disconnect', () => process.exit(0));
