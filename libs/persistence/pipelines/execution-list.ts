import type { EntityManager } from 'typeorm';
import type { PipelineState } from '#contracts/cicd/execution.js';
import type { PipelineExecution } from '../entities/pipeline-execution.entity.js';
import type { PipelineJobRow } from '../entities/pipeline-job.entity.js';
import {
  type Condition,
  type ListedPage,
  type Listing,
  listPage,
  type PageRequest,
} from '../listing/list-page.js';
import { firstUuidV7 } from '../uuid-v7.js';

export const EXECUTION_SORTS = ['id'] as const;

export type ExecutionSort = (typeof EXECUTION_SORTS)[number];

export type ExecutionRow = Pick<
  PipelineExecution,
  | 'id'
  | 'project'
  | 'integrationId'
  | 'platform'
  | 'platformProject'
  | 'pipeline'
  | 'externalId'
  | 'attempt'
  | 'state'
  | 'native'
  | 'title'
  | 'url'
  | 'ref'
  | 'commit'
  | 'trigger'
  | 'actor'
  | 'queuedAt'
  | 'startedAt'
  | 'endedAt'
  | 'runId'
  | 'step'
  | 'createdAt'
  | 'updatedAt'
> & {
  /** Name of the integration; it may be gone. */
  readonly integration: string;
};

export type JobRow = Omit<PipelineJobRow, 'execution' | 'executionId' | 'executionAttempt' | 'position'>;

export interface ExecutionFilter {
  /** Id of an integration. */
  readonly integration?: string | undefined;
  readonly platform?: string | undefined;
  /** As the platform names it. */
  readonly platformProject?: string | undefined;
  readonly pipeline?: string | undefined;
  readonly ref?: string | undefined;
  readonly state?: readonly PipelineState[] | undefined;
  readonly run?: string | undefined;
  /** First known here in that time, in milliseconds since the epoch. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Reads executions of pipelines. */
export class ExecutionList {
  constructor(private readonly manager: EntityManager) {}

  list(
    project: string,
    filter: ExecutionFilter,
    page: Omit<PageRequest<ExecutionSort>, 'where'>,
  ): Promise<ListedPage<ExecutionRow>> {
    return listPage(this.manager, EXECUTIONS, { ...page, where: conditionsOf(project, filter) });
  }

  async find(project: string, id: string): Promise<ExecutionRow | undefined> {
    const [row] = await this.manager.query(
      `SELECT ${EXECUTIONS.columns} FROM ${EXECUTIONS.from} WHERE e.project = $1 AND e.id = $2`,
      [project, id],
    );
    return row;
  }

  /** Of an attempt, in the order of the platform. */
  async listJobs(id: string, attempt: number): Promise<JobRow[]> {
    return this.manager.query(
      `SELECT external_id AS "externalId", attempt, name, stage, state, native, url, runner, may_fail AS "mayFail",
         queued_at AS "queuedAt", started_at AS "startedAt", ended_at AS "endedAt", steps
       FROM pipeline_jobs WHERE execution_id = $1 AND execution_attempt = $2 ORDER BY position, external_id`,
      [id, attempt],
    );
  }
}

function conditionsOf(project: string, filter: ExecutionFilter): Condition[] {
  const { integration, platform, platformProject, pipeline, ref, state, run, from, to } = filter;
  const where: Condition[] = [{ sql: 'e.project = ?', value: project }];
  if (integration !== undefined) where.push({ sql: 'e.integration_id = ?', value: integration });
  if (run !== undefined) where.push({ sql: 'e.run_id = ?', value: run });
  if (from !== undefined) where.push({ sql: 'e.id >= ?', value: firstUuidV7(from) });
  if (to !== undefined) where.push({ sql: 'e.id < ?', value: firstUuidV7(to) });
  if (platform !== undefined) where.push({ sql: 'e.platform = ?', value: platform, scans: true });
  if (platformProject !== undefined)
    where.push({ sql: 'e.platform_project = ?', value: platformProject, scans: true });
  if (pipeline !== undefined) where.push({ sql: 'e.pipeline = ?', value: pipeline, scans: true });
  if (ref !== undefined) where.push({ sql: 'e.ref = ?', value: ref, scans: true });
  if (state !== undefined) where.push({ sql: 'e.state = ANY (?)', value: state, scans: true });
  return where;
}

const EXECUTIONS: Listing<ExecutionSort> = {
  columns: `e.id, e.project, e.integration_id AS "integrationId", i.name AS integration, e.platform,
    e.platform_project AS "platformProject", e.pipeline, e.external_id AS "externalId", e.attempt, e.state, e.native, e.title,
    e.url, e.ref, e.commit_id AS commit, e.trigger, e.actor, e.queued_at AS "queuedAt", e.started_at AS "startedAt",
    e.ended_at AS "endedAt", e.run_id AS "runId", e.step, e.created_at AS "createdAt", e.updated_at AS "updatedAt"`,
  from: 'pipeline_executions e JOIN integrations i ON i.id = e.integration_id',
  narrow: 'pipeline_executions e',
  sorts: { id: { sql: 'e.id', type: 'uuid' } },
  key: { sql: 'e.id', type: 'uuid' },
};
