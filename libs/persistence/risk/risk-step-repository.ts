import type { EntityManager } from 'typeorm';
import type { Json } from '#domain/json.js';

/** A step that assessed a risk, and ended. */
export interface EndedRiskStep {
  readonly run: string;
  readonly step: string;
  readonly project: string;
  /** Its latest. */
  readonly attempt: number | null;
  readonly startedBy: string;
  readonly endedAt: Date;
  /** The run has not ended. */
  readonly living: boolean;
  /** Null where it did not succeed. */
  readonly output: Json;
  /** What the latest attempt was given. */
  readonly input: Json;
}

/** Notes of steps of which what they said is still to be kept. */
export class RiskStepRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Call in a transaction: nobody else gets them meanwhile. */
  claimEnded(limit: number): Promise<EndedRiskStep[]> {
    return this.manager.query(
      `SELECT n.run_id AS run, n.step, n.project, a.attempt, r.started_by AS "startedBy", s.ended_at AS "endedAt",
         r.ended_at IS NULL AS living,
         CASE WHEN s.status = 'succeeded' AND NOT s.reused THEN s.output END AS output, a.input
       FROM risk_steps n
       JOIN runs r ON r.id = n.run_id
       JOIN run_steps s ON s.run_id = n.run_id AND s.key = n.step AND s.ended_at IS NOT NULL
       LEFT JOIN LATERAL (
         SELECT attempt, input FROM step_attempts
         WHERE run_id = n.run_id AND step = n.step AND NOT rebuild ORDER BY attempt DESC LIMIT 1
       ) a ON true
       ORDER BY n.run_id, n.step LIMIT $1 FOR UPDATE OF n SKIP LOCKED`,
      [limit],
    );
  }

  async remove(steps: readonly Pick<EndedRiskStep, 'run' | 'step'>[]): Promise<void> {
    await this.manager.query(
      `DELETE FROM risk_steps n USING unnest($1::uuid[], $2::text[]) AS t (run_id, step)
       WHERE n.run_id = t.run_id AND n.step = t.step`,
      [steps.map(({ run }) => run), steps.map(({ step }) => step)],
    );
  }

  /** Those whose runs ended without them. */
  async removeForgotten(): Promise<void> {
    await this.manager.query(
      `DELETE FROM risk_steps n USING runs r WHERE r.id = n.run_id AND r.ended_at IS NOT NULL
         AND NOT EXISTS (SELECT FROM run_steps s WHERE s.run_id = n.run_id AND s.key = n.step)`,
    );
  }
}
