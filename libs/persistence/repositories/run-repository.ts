import type { EntityManager } from 'typeorm';
import type { RunTrigger, RunTrouble, RunViewStatus } from '#contracts/rest/runs.js';
import type { RunResult } from '#contracts/run.js';
import type { RunOrigin } from '#contracts/trace-context.js';
import type { Seed } from '#domain/execution/state.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { JsonObject } from '#domain/json.js';
import { jsonOrNull } from '../json-column.js';
import { type PreparedStatement, queryPrepared } from '../prepared-statement.js';
import { lockRunsIn } from '../run-lock.js';
import { timeOfUuidV7 } from '../uuid-v7.js';
import { AUDIT_COLUMNS, type AuditRecord, auditValues } from './audit-repository.js';
import { RUN_COLUMNS, RUN_JOINS, RUN_TABLES, type RunRow } from './run-row.js';

export type { RunRow } from './run-row.js';

export interface NewRun {
  readonly id: string;
  readonly project: string;
  readonly workflowId: string;
  readonly version: number;
  readonly startedBy: string;
  readonly inputs: JsonObject;
  readonly idempotencyKey: string | undefined;
  readonly requestDigest: string;
  /** As `countSteps` has it. */
  readonly total: number;
  /** `api` when absent. */
  readonly trigger?: RunTrigger;
  readonly concurrencyGroup?: string;
  /** False when absent. */
  readonly ignoresFreezes?: boolean;
  readonly rerun?: { readonly of: string; readonly from: string | undefined; readonly seed: Seed };
  readonly origin?: RunOrigin;
  /** The delivery of a webhook that starts it. */
  readonly delivery?: string;
}

/** A run whose state Temporal has to be asked for. */
export interface SilentRun {
  readonly id: string;
  readonly project: string;
  readonly status: RunViewStatus;
  readonly heardOf: boolean;
  /** Since it was handed over. */
  readonly handedOverMs: number;
  /** What was in its way when it was last looked at. */
  readonly trouble: RunTrouble | null;
  /** Of a run that a step of another one starts: that the step does so no more. Null of any other. */
  readonly parentOver: boolean | null;
  readonly cancelBy: string | null;
  readonly cancelReason: string | null;
  readonly correlationId: string | null;
}

export class RunRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Writes the run, the message of its start and the entry of the audit log at once. Undefined when the project has a run
   * with this idempotency key already; waits for one that is being started.
   */
  async accept(run: NewRun, entry: AuditRecord): Promise<RunRow | undefined> {
    const [row] = await queryPrepared<RunRow>(this.manager, ACCEPT_RUN, [
      run.id,
      run.project,
      run.workflowId,
      run.version,
      run.startedBy,
      JSON.stringify(run.inputs),
      run.idempotencyKey ?? null,
      run.requestDigest,
      run.total,
      run.trigger ?? 'api',
      run.rerun?.of ?? null,
      run.rerun?.from ?? null,
      jsonOrNull(run.rerun?.seed),
      run.concurrencyGroup ?? null,
      run.ignoresFreezes ?? false,
      timeOfUuidV7(run.id),
      run.origin?.correlationId ?? null,
      run.origin?.traceparent ?? null,
      ...auditValues(entry),
      run.delivery ?? null,
    ]);
    return row;
  }

  async find(project: string, id: string): Promise<RunRow | undefined> {
    const [row] = await queryPrepared<RunRow>(this.manager, FIND_RUN, [id, project]);
    return row;
  }

  async findByIdempotencyKey(project: string, key: string): Promise<RunRow | undefined> {
    const [row] = await this.manager.query(`${SELECT_RUN} WHERE r.project = $1 AND r.idempotency_key = $2`, [
      project,
      key,
    ]);
    return row;
  }

  /** Results that it takes over from an earlier run. */
  async findSeed(id: string): Promise<Seed | undefined> {
    const [row] = await this.manager.query('SELECT seed FROM runs WHERE id = $1', [id]);
    return row?.seed ?? undefined;
  }

  /** Notes who canceled it, where the run itself was told already. */
  async noteCancel(id: string, by: string, reason: string | undefined): Promise<void> {
    await this.manager.query(
      `UPDATE runs SET cancel_by = $2, cancel_reason = $3, cancel_at = now()
       WHERE id = $1 AND ended_at IS NULL AND cancel_at IS NULL`,
      [id, by, reason ?? null],
    );
  }

  /** Notes who wants it to end. False when it has ended or is already being canceled. */
  async requestCancel(id: string, by: string, reason: string | undefined): Promise<boolean> {
    const [rows] = await this.manager.query(
      `UPDATE runs SET status = CASE status WHEN 'rolling-back' THEN status ELSE 'canceling' END,
         cancel_by = $2, cancel_reason = $3, cancel_at = now()
       WHERE id = $1 AND ended_at IS NULL AND cancel_at IS NULL RETURNING id`,
      [id, by, reason ?? null],
    );
    return rows.length === 1;
  }

  /**
   * Ends a run whose complete record does not come: what is open becomes canceled. False when it has ended meanwhile.
   * Call in a transaction.
   */
  async end(id: string, result: RunResult, stepError: StepError): Promise<boolean> {
    await lockRunsIn(this.manager, [id]);
    const [rows] = await this.manager.query(
      `UPDATE runs SET status = $2, output = $3::json, error = $4::json, ended_at = now(), settled = total
       WHERE id = $1 AND ended_at IS NULL RETURNING id`,
      [id, result.status, jsonOrNull(result.output), jsonOrNull(result.error)],
    );
    if (rows.length === 0) return false;
    await this.manager.query(
      `UPDATE run_steps SET status = 'canceled', waiting = NULL, ended_at = now(), error = $2::json,
         change = nextval('run_changes')
       WHERE run_id = $1 AND status = 'running'`,
      [id, JSON.stringify(stepError)],
    );
    await this.manager.query(
      `UPDATE step_attempts SET status = 'lost', ended_at = now(), change = nextval('run_changes')
       WHERE run_id = $1 AND status = 'running'`,
      [id],
    );
    return true;
  }

  /** Notes what is in its way, or that nothing is. */
  async noteTrouble(id: string, trouble: RunTrouble | undefined): Promise<void> {
    await this.manager.query('UPDATE runs SET trouble = $2::json WHERE id = $1 AND ended_at IS NULL', [
      id,
      jsonOrNull(trouble),
    ]);
  }

  /**
   * Runs that were handed to Temporal and have been silent for `silentMs`; each is given to one caller at a time,
   * and not again before it has been silent for as long once more.
   */
  async claimSilent(silentMs: number, limit: number): Promise<SilentRun[]> {
    const [rows] = await this.manager.query(
      `UPDATE runs SET checked_at = now()
       FROM (
         SELECT r.id, (extract(epoch FROM now() - o.delivered_at) * 1000)::float AS "handedOverMs"
         FROM runs r JOIN outbox o ON o.run_id = r.id AND o.kind = 'start'
         WHERE r.ended_at IS NULL AND r.status IN ('queued', 'running', 'paused', 'canceling', 'rolling-back')
           AND GREATEST(r.news_at, r.checked_at, o.delivered_at) < now() - $1 * interval '1 millisecond'
           AND o.delivered_at IS NOT NULL
         ORDER BY r.checked_at NULLS FIRST LIMIT $2 FOR UPDATE OF r SKIP LOCKED
       ) AS silent
       WHERE runs.id = silent.id
       RETURNING runs.id, runs.project, status, trouble, silent."handedOverMs", ${PARENT_OVER} AS "parentOver", news_at IS NOT NULL AS "heardOf", cancel_by AS "cancelBy",
         cancel_reason AS "cancelReason", correlation_id AS "correlationId"`,
      [silentMs, limit],
    );
    return rows;
  }
}

/** The step that was about to start it is over, or its whole run: nobody will start it any more. */
const PARENT_OVER = `CASE WHEN runs.parent_run IS NOT NULL THEN EXISTS (
  SELECT FROM runs p LEFT JOIN run_steps s ON s.run_id = p.id AND s.key = runs.parent_step
  WHERE p.id = runs.parent_run AND (p.ended_at IS NOT NULL OR s.status <> 'running')) END`;

const SELECT_RUN = `SELECT ${RUN_COLUMNS} FROM ${RUN_TABLES}`;

const FIND_RUN: PreparedStatement = {
  name: 'find_run',
  text: `${SELECT_RUN} WHERE r.id = $1 AND r.project = $2`,
};

/** The row of the outbox that is written here stands for the table: as far as this run goes, it holds no other. */
const ACCEPT_RUN: PreparedStatement = {
  name: 'accept_run',
  text: `
  WITH r AS (
    INSERT INTO runs (id, project, workflow_id, version, status, trigger, started_by, inputs, idempotency_key,
      request_digest, total, rerun_of, rerun_from, seed, concurrency_group, ignores_freezes, group_turn, created_at,
      correlation_id, traceparent, webhook_delivery)
    VALUES ($1, $2, $3, $4, 'queued', $10, $5, $6::json, $7, $8, $9, $11, $12, $13::json, $14, $15,
      CASE WHEN $14::text IS NOT NULL THEN nextval('group_turns') END, $16, $17, $18, $29)
    ON CONFLICT (project, idempotency_key) DO NOTHING RETURNING *
  ), outbox AS (
    INSERT INTO outbox (project, kind, run_id) SELECT r.project, 'start', r.id FROM r RETURNING *
  ), entry AS (
    INSERT INTO audit_log (${AUDIT_COLUMNS})
    SELECT $19::uuid, $20, $21, $22, $23, $24, $25::json, $26::json, $27, $28 FROM r
  )
  SELECT ${RUN_COLUMNS} FROM r ${RUN_JOINS}`,
};
