import type { EntityManager } from 'typeorm';
import type { AgentAnswer } from '#contracts/agents.js';
import type { JsonObject } from '#domain/json.js';
import { computeDigest } from '#domain/plan/digest.js';
import type { AgentInvocation } from '../entities/agent-invocation.entity.js';
import { HELD_MS } from './agent-store.js';

export type InvocationRow = Pick<
  AgentInvocation,
  | 'id'
  | 'project'
  | 'agent'
  | 'runId'
  | 'step'
  | 'attempt'
  | 'state'
  | 'taskToken'
  | 'key'
  | 'answer'
  | 'answerDigest'
  | 'answeredAt'
>;

/** Tells the same answer, sent again, from another one. */
export function digestAnswer(answer: AgentAnswer): string {
  return computeDigest(answer as unknown as JsonObject);
}

export class InvocationRepository {
  constructor(private readonly manager: EntityManager) {}

  async find(id: string): Promise<InvocationRow | undefined> {
    const [row] = await this.manager.query(`SELECT ${COLUMNS} FROM agent_invocations WHERE id = $1`, [id]);
    return row;
  }

  /**
   * Undefined where it has been answered or closed already. An answer that comes before the call of the agent has ended is
   * left to the worker that calls.
   */
  async answer(id: string, answer: AgentAnswer): Promise<InvocationRow | undefined> {
    const [[row]] = await this.manager.query(
      `UPDATE agent_invocations SET state = 'answered', answer = $2::json, answer_digest = $4, answered_at = now(), next_look_at = CASE state
         WHEN 'accepted' THEN now() ELSE now() + $3 * interval '1 millisecond' END
       WHERE id = $1 AND state IN ('sending', 'accepted') RETURNING ${COLUMNS}`,
      [id, JSON.stringify(answer), HELD_MS, digestAnswer(answer)],
    );
    return row;
  }

  /** Not to be looked at for so long. */
  async postpone(id: string, ms: number): Promise<void> {
    await this.manager.query(
      `UPDATE agent_invocations SET next_look_at = now() + $2 * interval '1 millisecond' WHERE id = $1`,
      [id, ms],
    );
  }

  /** Those that Temporal has to hear of, for `againMs`: another process takes over what this one does not finish. */
  async claimDue(limit: number, againMs: number): Promise<InvocationRow[]> {
    const [rows] = await this.manager.query(
      `UPDATE agent_invocations i SET next_look_at = now() + $2 * interval '1 millisecond'
       FROM (
         SELECT id FROM agent_invocations WHERE state <> 'closed' AND next_look_at <= now()
         ORDER BY next_look_at LIMIT $1 FOR UPDATE SKIP LOCKED
       ) AS due
       WHERE i.id = due.id RETURNING ${COLUMNS.split(', ')
         .map((column) => `i.${column}`)
         .join(', ')}`,
      [limit, againMs],
    );
    return rows;
  }
}

const COLUMNS =
  'id, project, agent, run_id AS "runId", step, attempt, state, task_token AS "taskToken", key, answer, answer_digest AS "answerDigest", answered_at AS "answeredAt"';
