import type { Run } from '../entities/run.entity.js';
import { FREEZES_OVER, RUNS_AHEAD } from './admission.js';

/** A run with the name of its workflow, without its seed, which may be large. */
export type RunRow = Omit<Run, 'workflowVersion' | 'seed' | 'groupTurn' | 'finalAt'> & Belongings;

/** What of it is shown in lists. */
export type ListedRunRow = Omit<RunRow, UnlistedColumn>;

type UnlistedColumn =
  | 'idempotencyKey'
  | 'requestDigest'
  | 'sequence'
  | 'newsAt'
  | 'checkedAt'
  | 'correlationId'
  | 'traceparent'
  | 'ignoresFreezes';

interface Belongings {
  readonly workflow: string;
  /** What its version was published as. */
  readonly semver: string | null;
  /** Of a run that has not been handed over: the first run of its group, and the name of a freeze, that hold it. */
  readonly runAhead: string | null;
  readonly freezeOver: string | null;
}

/**
 * Of the start of the run `r`, while the relay still has to hand it over. Found by its run: the index of what is still to be
 * handed over would be read from end to end, for each run anew.
 */
function whileWaiting(value: string, also = ''): string {
  return `(SELECT CASE WHEN o.delivered_at IS NULL${also} THEN ${value} END
     FROM outbox o WHERE o.run_id = r.id AND o.kind = 'start')`;
}

/** What keeps the start of the run `r` from being delivered; else what the reconciler found, unless there is news since. */
const TROUBLE = `
  CASE WHEN r.ended_at IS NULL THEN COALESCE(
    ${whileWaiting(
      `json_build_object(
        'code', CASE WHEN o.set_aside_at IS NULL THEN 'start-delayed' ELSE 'start-set-aside' END,
        'message', o.last_error, 'since', COALESCE(o.set_aside_at, r.created_at))`,
      ' AND o.last_error IS NOT NULL',
    )},
    CASE WHEN r.news_at IS NULL OR r.news_at < r.checked_at THEN r.trouble END) END`;

/** Of a deleted workflow too. */
export const WORKFLOW_NAME = 'COALESCE(w.former_name, w.name)';

/** Of `RUN_TABLES`, in the names of `ListedRunRow`. */
export const LISTED_RUN_COLUMNS = `r.id, r.project, r.workflow_id AS "workflowId", ${WORKFLOW_NAME} AS workflow, r.version, p.semver,
  r.status, r.trigger, r.started_by AS "startedBy", r.inputs, r.output, r.error, r.created_at AS "createdAt",
  r.started_at AS "startedAt", r.ended_at AS "endedAt", r.cancel_by AS "cancelBy",
  r.cancel_reason AS "cancelReason", r.cancel_at AS "cancelAt", r.rerun_of AS "rerunOf",
  r.rerun_from AS "rerunFrom", r.webhook_delivery AS "webhookDelivery", r.parent_run AS "parentRun", r.parent_step AS "parentStep",
  r.settled, r.total, ${TROUBLE} AS trouble, r.concurrency_group AS "concurrencyGroup",
  CASE WHEN r.status = 'queued' AND r.concurrency_group IS NOT NULL
    THEN ${whileWaiting(`(SELECT ahead.id ${RUNS_AHEAD} ORDER BY ahead.group_turn LIMIT 1)`)} END AS "runAhead",
  CASE WHEN r.status = 'queued' AND NOT r.ignores_freezes
    THEN ${whileWaiting(`(SELECT f.name ${FREEZES_OVER} ORDER BY f.ends_at DESC LIMIT 1)`)} END AS "freezeOver"`;

/** Of `RUN_TABLES`, in the names of `RunRow`. */
export const RUN_COLUMNS = `${LISTED_RUN_COLUMNS},
  r.idempotency_key AS "idempotencyKey", r.request_digest AS "requestDigest", r.sequence, r.news_at AS "newsAt",
  r.checked_at AS "checkedAt", r.correlation_id AS "correlationId", r.traceparent, r.ignores_freezes AS "ignoresFreezes"`;

/** What belongs to the run `r`. */
export const RUN_JOINS = `JOIN workflows w ON w.id = r.workflow_id
  LEFT JOIN workflow_publications p ON p.workflow_id = r.workflow_id AND p.version = r.version`;

export const RUN_TABLES = `runs r ${RUN_JOINS}`;
