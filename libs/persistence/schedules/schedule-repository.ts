import type { EntityManager } from 'typeorm';
import type { ScheduleError, ScheduleState } from '#contracts/rest/schedules.js';
import type { Schedule } from '../entities/schedule.entity.js';
import { jsonOrNull } from '../json-column.js';
import type { Condition, ListedPage, PageRequest } from '../listing/list-page.js';
import { NamedRows, type NamedSort, type NamedTable } from '../listing/named-rows.js';
import { textOrNull } from '../text-column.js';
import { createUuidV7 } from '../uuid-v7.js';

export type ScheduleRow = Omit<Schedule, 'workflow' | 'workflowId'> & {
  readonly workflowId: string;
  /** Its name. */
  readonly workflow: string;
};

/** What people say of a schedule. */
export type ScheduleFields = Pick<
  Schedule,
  | 'name'
  | 'description'
  | 'workflowId'
  | 'version'
  | 'inputs'
  | 'timing'
  | 'overlap'
  | 'catchUpMs'
  | 'pauseOnFailure'
>;

export interface ScheduleFilter {
  /** Name or id of a workflow. */
  readonly workflow?: string | undefined;
  readonly state?: ScheduleState | undefined;
  /** Part of its name. */
  readonly text?: string | undefined;
}

export class ScheduleRepository extends NamedRows<ScheduleRow> {
  constructor(manager: EntityManager) {
    super(manager, SCHEDULES);
  }

  /** Undefined where the project has a schedule of this name. */
  async add(project: string, fields: ScheduleFields, createdBy: string): Promise<ScheduleRow | undefined> {
    const [row] = await this.manager.query(
      `INSERT INTO schedules (id, project, name, description, workflow_id, version, inputs, timing, overlap,
         catch_up_ms, pause_on_failure, created_by)
       VALUES ($1, $2, $3, $4, $5, $6::json, $7::json, $8::json, $9, $10, $11, $12)
       ON CONFLICT (project, name) WHERE deleted_at IS NULL DO NOTHING RETURNING id`,
      [createUuidV7(), project, ...valuesOf(fields), createdBy],
    );
    return row === undefined ? undefined : this.find(project, row.id);
  }

  /** Call in a transaction with the row locked; false where another has the name. Temporal is told at once. */
  change(id: string, fields: ScheduleFields): Promise<boolean> {
    return this.write(
      `UPDATE schedules SET name = $2, description = $3, workflow_id = $4, version = $5::json, inputs = $6::json,
         timing = $7::json, overlap = $8, catch_up_ms = $9, pause_on_failure = $10, ${CHANGED} WHERE id = $1`,
      [id, ...valuesOf(fields)],
    );
  }

  /** Deleted or not. */
  async findById(id: string, lock = false): Promise<ScheduleRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${SCHEDULES.columns} FROM schedules s ${SCHEDULES.joins} WHERE s.id = $1 ${lock ? 'FOR UPDATE OF s' : ''}`,
      [id],
    );
    return row;
  }

  list(
    project: string,
    { workflow, state, text }: ScheduleFilter,
    page: Omit<PageRequest<NamedSort>, 'where'>,
  ): Promise<ListedPage<ScheduleRow>> {
    const where: Condition[] = [];
    if (workflow !== undefined) where.push({ sql: '? IN (w.name, w.id::text)', value: workflow });
    if (state !== undefined) where.push({ sql: `${SCHEDULE_STATE} = ?`, value: state });
    if (text !== undefined) where.push({ sql: 'position(lower(?) in lower(s.name)) > 0', value: text });
    return this.listLiving(project, where, page);
  }

  /** No tick after this one starts a run, whatever Temporal knows yet. */
  async pause(id: string, by: string, reason: string | undefined): Promise<void> {
    await this.manager.query(
      `UPDATE schedules SET paused_at = now(), paused_by = $2, pause_reason = $3, ${CHANGED} WHERE id = $1`,
      [id, by, textOrNull(reason)],
    );
  }

  async resume(id: string): Promise<void> {
    await this.manager.query(
      `UPDATE schedules SET paused_at = NULL, paused_by = NULL, pause_reason = NULL, ${CHANGED} WHERE id = $1`,
      [id],
    );
  }

  async noteError(id: string, error: ScheduleError): Promise<void> {
    await this.manager.query('UPDATE schedules SET last_error = $2::json WHERE id = $1', [
      id,
      jsonOrNull(error),
    ]);
  }

  /** Its name is free again; the row goes when Temporal has forgotten it. */
  async remove(id: string): Promise<void> {
    await this.manager.query(`UPDATE schedules SET deleted_at = now(), ${CHANGED} WHERE id = $1`, [id]);
  }
}

const CHANGED = `revision = revision + 1, updated_at = now(), look_at = now(), failures = 0`;

function valuesOf(fields: ScheduleFields): unknown[] {
  return [
    fields.name,
    fields.description,
    fields.workflowId,
    jsonOrNull(fields.version),
    JSON.stringify(fields.inputs),
    JSON.stringify(fields.timing),
    fields.overlap,
    fields.catchUpMs,
    fields.pauseOnFailure,
  ];
}

/** Of the schedule `s`. */
export const SCHEDULE_STATE = `CASE WHEN s.told_revision < s.revision THEN 'pending' WHEN s.paused_at IS NOT NULL THEN 'paused'
  ELSE 'active' END`;

export const SCHEDULE_COLUMNS = `s.id, s.project, s.name, s.description, s.workflow_id AS "workflowId",
    COALESCE(w.former_name, w.name) AS workflow, s.version, s.inputs, s.timing, s.overlap,
    s.catch_up_ms AS "catchUpMs", s.pause_on_failure AS "pauseOnFailure", s.paused_by AS "pausedBy",
    s.pause_reason AS "pauseReason", s.paused_at AS "pausedAt", s.revision, s.told_revision AS "toldRevision",
    s.look_at AS "lookAt", s.looks, s.failures, s.trouble, s.last_error AS "lastError", s.skipped, s.missed,
    s.created_by AS "createdBy", s.created_at AS "createdAt", s.updated_at AS "updatedAt",
    s.deleted_at AS "deletedAt"`;

const SCHEDULES: NamedTable = {
  name: 'schedules',
  alias: 's',
  columns: SCHEDULE_COLUMNS,
  joins: 'JOIN workflows w ON w.id = s.workflow_id',
};
