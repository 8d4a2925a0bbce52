import type { EntityManager } from 'typeorm';
import type { ApprovalState } from '#domain/execution/state.js';
import { type ListedPage, type Listing, listKept, listPage, type PageRequest } from '../listing/list-page.js';

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

interface ApprovalFilter {
  readonly project: string;
  readonly workflowId?: string | undefined;
}

export const APPROVAL_SORTS = ['requestedAt'] as const;

export type ApprovalSort = (typeof APPROVAL_SORTS)[number];

/** Approvals that are being waited for. */
export class ApprovalRepository {
  constructor(private readonly manager: EntityManager) {}

  /** All, or those that are kept. */
  list(
    { project, workflowId }: ApprovalFilter,
    page: Omit<PageRequest<ApprovalSort>, 'where'>,
    keep?: (row: ApprovalRow) => boolean,
  ): Promise<ListedPage<ApprovalRow>> {
    const where = [
      { sql: 's.project = ?', value: project },
      { sql: `s.waiting = 'approval' AND s.approval IS NOT NULL AND r.ended_at IS NULL` },
      ...(workflowId === undefined ? [] : [{ sql: 'r.workflow_id = ?', value: workflowId, scans: true }]),
    ];
    const request = { ...page, where };
    return keep === undefined
      ? listPage(this.manager, APPROVALS, request)
      : listKept(this.manager, APPROVALS, request, keep);
  }
}

const APPROVALS: Listing<ApprovalSort> = {
  columns: `s.run_id AS run, COALESCE(w.former_name, w.name) AS workflow, r.workflow_id AS "workflowId", r.version,
    r.started_by AS "startedBy", s.key AS step, s.started_at AS "requestedAt", s.approval`,
  from: 'run_steps s JOIN runs r ON r.id = s.run_id JOIN workflows w ON w.id = r.workflow_id',
  sorts: { requestedAt: { sql: 's.started_at', type: 'timestamptz' } },
  key: [
    { sql: 's.run_id', type: 'uuid' },
    { sql: 's.key', type: 'text' },
  ],
};
