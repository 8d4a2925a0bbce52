import type { DataSource, EntityManager } from 'typeorm';
import type { Execution, PipelineJob } from '#contracts/cicd/execution.js';
import type { IntegrationSettings } from '#contracts/cicd/integration.js';
import type {
  KnownExecution,
  NotedStart,
  PipelineStart,
  PipelineStore,
} from '#contracts/cicd/pipeline-store.js';
import { SluiceError } from '#domain/errors.js';
import { createUuidV7 } from '../uuid-v7.js';
import { ExecutionRepository } from './execution-repository.js';

/** Executions of pipelines as the steps of runs work with them, in Postgres. */
export class PostgresPipelineStore implements PipelineStore {
  constructor(private readonly dataSource: DataSource) {}

  async findIntegration(run: string, name: string): Promise<IntegrationSettings | undefined> {
    const [row] = await this.dataSource.query(
      `SELECT ${SETTINGS} FROM integrations i JOIN runs r ON r.project = i.project
       WHERE r.id = $1 AND i.name = $2 AND i.deleted_at IS NULL`,
      [run, name],
    );
    return row === undefined ? undefined : row.integration;
  }

  async begin(start: PipelineStart): Promise<NotedStart> {
    return this.dataSource.transaction(async (manager) => {
      // A step has one attempt at a time; of two that overlap, since one is thought lost, one waits here for the other.
      const runs = await manager.query('SELECT FROM runs WHERE id = $1 FOR NO KEY UPDATE', [start.run]);
      if (runs.length === 0) throw unknownRun();
      await giveUpEarlier(manager, start);
      if (start.followsLost) await reopen(manager, start);
      const open = await findOpen(manager, start);
      if (open !== undefined) return open;
      const [row] = await manager.query(
        `INSERT INTO pipeline_executions (id, project, integration_id, platform, platform_project, pipeline, ref, run_id,
           step, noted_attempt, generation)
         SELECT $1, project, $2, $3, $4, $5, $6, id, $7, $9,
           1 + (SELECT COALESCE(max(generation), 0) FROM pipeline_executions WHERE run_id = $8 AND step = $7)
         FROM runs WHERE id = $8 RETURNING id`,
        [
          createUuidV7(),
          start.integration.id,
          start.integration.platform,
          start.project,
          start.pipeline,
          start.ref ?? null,
          start.step,
          start.run,
          start.attempt,
        ],
      );
      return { id: row.id };
    });
  }

  async sending(id: string, at: number, before: number | undefined): Promise<boolean> {
    const [, count] = await this.dataSource.query(
      `UPDATE pipeline_executions SET sent_at = $2, first_sent_at = COALESCE(first_sent_at, $2), updated_at = now()
       WHERE id = $1 AND sent_at IS NOT DISTINCT FROM $3::timestamptz AND external_id IS NULL AND concluded_at IS NULL`,
      [id, new Date(at), before === undefined ? null : new Date(before)],
    );
    return count > 0;
  }

  async observe(id: string, execution: Execution, jobs?: readonly PipelineJob[]): Promise<void> {
    const write = () => this.observeOnce(id, execution, jobs);
    // A webhook has made a row of it between our look and our write: the next look finds that.
    await write().catch((error: unknown) => (isDuplicate(error) ? write() : Promise.reject(error)));
  }

  private async observeOnce(id: string, execution: Execution, jobs?: readonly PipelineJob[]): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const [through] = await manager.query(
        'SELECT integration_id AS id, project, platform FROM pipeline_executions WHERE id = $1',
        [id],
      );
      if (through === undefined) return;
      const seen = { execution, id, told: false, ...(jobs === undefined ? {} : { jobs }) };
      await new ExecutionRepository(manager).observe(through, seen);
    });
  }

  async conclude(id: string, attempt: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE pipeline_executions SET concluded_at = now(), concluded_attempt = $2,
         state = CASE WHEN external_id IS NULL THEN 'skipped' ELSE state END WHERE id = $1 AND concluded_at IS NULL`,
      [id, attempt],
    );
  }

  async find(run: string, id: string): Promise<KnownExecution | undefined> {
    const [row] = await this.dataSource.query(
      `SELECT e.id, ${SETTINGS}, json_build_object('project', e.platform_project, 'pipeline', e.pipeline,
         'id', e.external_id) AS reference
       FROM pipeline_executions e JOIN runs r ON r.project = e.project JOIN integrations i ON i.id = e.integration_id
       WHERE r.id = $1 AND e.id = $2 AND e.external_id IS NOT NULL AND i.deleted_at IS NULL`,
      [run, id],
    );
    return row;
  }

  async isTold(id: string): Promise<boolean> {
    const rows = await this.dataSource.query(
      `SELECT FROM pipeline_executions
       WHERE id = $1 AND told_at IS NOT NULL AND state IN ('queued', 'running', 'blocked')`,
      [id],
    );
    return rows.length > 0;
  }
}

/** An integration as workers reach it, in one column. */
const SETTINGS = `json_strip_nulls(json_build_object('id', i.id, 'name', i.name, 'platform', i.platform, 'baseUrl', i.base_url,
  'auth', i.auth, 'options', i.options, 'authorities', i.authorities, 'proxy', i.proxy, 'status', i.status,
  'revision', i.revision)) AS integration`;

/** A start of an earlier go, which may have been taken: a person had the step done anew all the same. */
async function giveUpEarlier(
  manager: EntityManager,
  { run, step, begunAfter }: PipelineStart,
): Promise<void> {
  await manager.query(
    `UPDATE pipeline_executions SET concluded_at = now(), state = 'skipped'
     WHERE run_id = $1 AND step = $2 AND concluded_at IS NULL AND external_id IS NULL AND noted_attempt <= $3`,
    [run, step, begunAfter],
  );
}

/** What the lost attempt concluded nobody may have heard of: it is not to start another for that. */
async function reopen(manager: EntityManager, { run, step, attempt }: PipelineStart): Promise<void> {
  await manager.query(
    `UPDATE pipeline_executions SET concluded_at = NULL, concluded_attempt = NULL,
       state = CASE WHEN external_id IS NULL THEN 'queued' ELSE state END
     WHERE run_id = $1 AND step = $2 AND concluded_attempt >= $3`,
    [run, step, attempt - 1],
  );
}

async function findOpen(
  manager: EntityManager,
  { run, step, begunAfter }: PipelineStart,
): Promise<NotedStart | undefined> {
  const [row] = await manager.query(
    `SELECT id, sent_at AS "sentAt", first_sent_at AS "firstSentAt", external_id AS "externalId",
       platform_project AS project, pipeline
     FROM pipeline_executions WHERE run_id = $1 AND step = $2 AND concluded_at IS NULL
       AND COALESCE(noted_attempt, 1) > $3
     ORDER BY generation DESC LIMIT 1`,
    [run, step, begunAfter],
  );
  if (row === undefined) return undefined;
  const { id, sentAt, firstSentAt, externalId, project, pipeline } = row;
  return {
    id,
    ...(sentAt === null ? {} : { sentAt: sentAt.getTime(), since: firstSentAt.getTime() }),
    ...(externalId === null ? {} : { reference: { project, pipeline, id: externalId } }),
  };
}

/** SQLSTATE unique_violation. */
function isDuplicate(error: unknown): boolean {
  const { driverError } = error as { driverError?: { code?: unknown } };
  return driverError?.code === '23505';
}

function unknownRun(): SluiceError {
  return new SluiceError({
    code: 'run-unknown',
    fault: 'operational',
    message: 'The store does not know the run.',
    hint: 'Have the worker use the database of the API that started it.',
  });
}
