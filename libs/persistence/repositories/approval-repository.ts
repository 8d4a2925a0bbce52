import type { EntityManager } from 'typeorm';
import type { ApprovalState } from '#domain/execution/state.js';

export interface ApprovalRow {
  readonly run: string;
  readonly workflow: string;
  readonly workflowId: string;
  readonly version: number;
  readonly startedBy: string;
  readonly step: string;
  readonly requestedAt: Date;
  readonly approval: ApprovalState;
}

/** Where a list of approvals goes on. */
export type ApprovalPlace = Pick<ApprovalRow, 'requestedAt' | 'run' | 'step'>;

/** Approvals that are being waited for. */
export class ApprovalRepository {
  constructor(private readonly manager: EntityManager) {}

  /** Oldest first. */
  async list(project: string, limit: number, after: ApprovalPlace | undefined): Promise<ApprovalRow[]> {
    return this.manager.query(
      `SELECT s.run_id AS run, w.name AS workflow, r.workflow_id AS "workflowId", r.version,
         r.started_by AS "startedBy", s.key AS step, s.started_at AS "requestedAt", s.approval
       FROM run_steps s JOIN runs r ON r.id = s.run_id JOIN workflows w ON w.id = r.workflow_id
       WHERE s.project = $1 AND s.waiting = 'approval' AND s.approval IS NOT NULL AND r.ended_at IS NULL
         AND ($3::timestamptz IS NULL OR (s.started_at, s.run_id, s.key) > ($3, $4::uuid, $5::text))
       ORDER BY s.started_at, s.run_id, s.key LIMIT $2`,
      [project, limit, after?.requestedAt ?? null, after?.run ?? null, after?.step ?? null],
    );
  }
}
