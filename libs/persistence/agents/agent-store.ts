import { randomBytes } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { AgentSettings, AgentStore, InvocationKey, OpenInvocation } from '#contracts/agents.js';
import { SluiceError } from '#domain/errors.js';
import { createUuidV7 } from '../uuid-v7.js';

const KEY_BYTES = 32;
/** A worker that holds the attempt tells Temporal of itself; only where it is gone somebody else looks. */
export const HELD_MS = 90_000;

/** Agents as workers use them, in Postgres. */
export class PostgresAgentStore implements AgentStore {
  constructor(private readonly dataSource: DataSource) {}

  async find(run: string, name: string): Promise<AgentSettings | undefined> {
    const [row] = await this.dataSource.query(
      `SELECT a.id, a.name, a.url, a.auth, a.timeout_ms AS "timeoutMs", a.retry, a.status
       FROM agents a JOIN runs r ON r.project = a.project
       WHERE r.id = $1 AND a.name = $2 AND a.deleted_at IS NULL`,
      [run, name],
    );
    return row;
  }

  async open({ run, step, attempt, agent, taskToken }: InvocationKey): Promise<OpenInvocation> {
    const [opened] = await this.dataSource.query(
      `INSERT INTO agent_invocations (id, project, agent, run_id, step, attempt, state, task_token, key, next_look_at)
       SELECT $1, project, $2, id, $3, $4, 'sending', $5, $6, now() + $8 * interval '1 millisecond' FROM runs WHERE id = $7
       ON CONFLICT (run_id, step) WHERE state <> 'closed' DO UPDATE
       SET attempt = excluded.attempt, task_token = excluded.task_token, agent = excluded.agent,
         next_look_at = CASE agent_invocations.state WHEN 'accepted' THEN now() ELSE excluded.next_look_at END
       RETURNING ${OPEN}`,
      [createUuidV7(), agent, step, attempt, Buffer.from(taskToken), randomBytes(KEY_BYTES), run, HELD_MS],
    );
    if (opened === undefined) throw unknownRun();
    return toOpen(opened);
  }

  async accept(id: string): Promise<OpenInvocation> {
    const [[accepted]] = await this.dataSource.query(
      `UPDATE agent_invocations
       SET state = CASE state WHEN 'sending' THEN 'accepted' ELSE state END, accepted_at = COALESCE(accepted_at, now()),
         next_look_at = CASE state WHEN 'sending' THEN now() ELSE next_look_at END
       WHERE id = $1 RETURNING ${OPEN}`,
      [id],
    );
    return toOpen(accepted);
  }

  async close(id: string): Promise<void> {
    await closeInvocation(this.dataSource.manager, id);
  }
}

/** Nothing that the agent says of it counts any longer. */
export async function closeInvocation(manager: EntityManager, id: string): Promise<void> {
  await manager.query(
    `UPDATE agent_invocations SET state = 'closed', closed_at = now(), answer = NULL WHERE id = $1 AND state <> 'closed'`,
    [id],
  );
}

const OPEN = 'id, state, answer, key';

/** A row as the driver gives it: null where there is no answer. */
function toOpen({
  id,
  state,
  answer,
  key,
}: Omit<OpenInvocation, 'answer'> & { readonly answer: OpenInvocation['answer'] | null }): OpenInvocation {
  return { id, state, key, ...(answer == null ? {} : { answer }) };
}

function unknownRun(): SluiceError {
  return new SluiceError({
    code: 'run-unknown',
    fault: 'operational',
    message: 'The store does not know the run.',
    hint: 'Have the worker use the database of the API that started it.',
  });
}
