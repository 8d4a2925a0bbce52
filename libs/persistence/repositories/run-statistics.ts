import type { EntityManager } from 'typeorm';
import type { RunViewStatus } from '#contracts/rest/runs.js';

export interface StatisticsFilter {
  readonly project: string;
  /** Included. */
  readonly from: Date;
  readonly to: Date;
  readonly workflowId?: string | undefined;
}

/** Milliseconds. */
export interface Durations {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p95Ms: number;
  readonly longestMs: number;
}

export interface EndedRow {
  readonly status: RunViewStatus;
  readonly count: number;
  /** Null where none of them has begun. */
  readonly ran: Durations | null;
  /** Between acceptance and beginning. */
  readonly waited: Durations | null;
}

export interface WorkflowStatisticsRow {
  readonly workflow: string;
  readonly count: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** The newest of a time that are looked at. */
export const MAX_COUNTED_RUNS = 50_000;
/** Of those that have not ended, of each status. */
export const MAX_LIVING_RUNS = 10_000;
const MAX_WORKFLOWS = 50;

const LIVING: readonly RunViewStatus[] = ['queued', 'running', 'paused', 'canceling', 'rolling-back'];

/** Counts runs. What it costs is bounded, however many there are. */
export class RunStatistics {
  constructor(private readonly manager: EntityManager) {}

  /** Of runs that ended in that time. */
  async countEnded(filter: StatisticsFilter): Promise<EndedRow[]> {
    return this.manager.query(
      `${ended(filter)}
       SELECT status, count(*)::integer AS count, ${durations('ran')} AS ran, ${durations('waited')} AS waited
       FROM ended GROUP BY status ORDER BY status`,
      valuesOf(filter),
    );
  }

  /** Most runs first, 50 at most. */
  async countByWorkflow(filter: StatisticsFilter): Promise<WorkflowStatisticsRow[]> {
    return this.manager.query(
      `${ended(filter)}
       SELECT COALESCE(w.former_name, w.name) AS workflow, c.count, c.succeeded, c.failed, c."p50Ms", c."p95Ms"
       FROM (
         SELECT workflow_id, count(*)::integer AS count,
           count(*) FILTER (WHERE status = 'succeeded')::integer AS succeeded,
           count(*) FILTER (WHERE status = 'failed')::integer AS failed,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY ran) AS "p50Ms",
           percentile_disc(0.95) WITHIN GROUP (ORDER BY ran) AS "p95Ms"
         FROM ended GROUP BY workflow_id ORDER BY count(*) DESC, workflow_id LIMIT ${MAX_WORKFLOWS}
       ) AS c JOIN workflows w ON w.id = c.workflow_id ORDER BY c.count DESC, 1`,
      valuesOf(filter),
    );
  }

  /** Of runs that have not ended, whenever they began: by status, 10,001 standing for more. */
  async countLiving({
    project,
    workflowId,
  }: Pick<StatisticsFilter, 'project' | 'workflowId'>): Promise<{ status: RunViewStatus; count: number }[]> {
    return this.manager.query(
      `SELECT s.status, c.count FROM unnest($1::text[]) AS s (status) CROSS JOIN LATERAL (
         SELECT count(*)::integer AS count FROM (
           SELECT FROM runs r WHERE ${workflowId === undefined ? 'r.project = $2' : 'r.workflow_id = $2'}
             AND r.status = s.status LIMIT ${MAX_LIVING_RUNS + 1}
         ) AS living
       ) AS c`,
      [LIVING, workflowId ?? project],
    );
  }
}

/** The newest first, one more than is looked at. */
function ended({ workflowId }: StatisticsFilter): string {
  return `WITH ended AS MATERIALIZED (
    SELECT r.workflow_id, r.status, ${milliseconds('r.started_at', 'r.ended_at')} AS ran,
      ${milliseconds('r.created_at', 'r.started_at')} AS waited
    FROM runs r
    WHERE ${workflowId === undefined ? 'r.project = $3' : 'r.workflow_id = $3'}
      AND r.ended_at >= $1 AND r.ended_at < $2 AND r.ended_at IS NOT NULL
    ORDER BY r.ended_at DESC LIMIT ${MAX_COUNTED_RUNS + 1}
  )`;
}

function valuesOf({ project, from, to, workflowId }: StatisticsFilter): unknown[] {
  return [from, to, workflowId ?? project];
}

function milliseconds(from: string, to: string): string {
  return `CASE WHEN ${to} > ${from} THEN round(extract(epoch FROM (${to} - ${from})) * 1000)
    WHEN ${to} IS NOT NULL AND ${from} IS NOT NULL THEN 0 END::double precision`;
}

function durations(of: string): string {
  const share = (p: number) => `percentile_disc(${p}) WITHIN GROUP (ORDER BY ${of})`;
  return `CASE WHEN count(${of}) > 0 THEN json_build_object('p50Ms', ${share(0.5)}, 'p90Ms', ${share(0.9)},
    'p95Ms', ${share(0.95)}, 'longestMs', max(${of})) END`;
}
