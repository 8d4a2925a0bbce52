import type { EntityManager } from 'typeorm';
import { type Execution, isOver, type PipelineJob, type PipelineState } from '#contracts/cicd/execution.js';
import { toPlainExecution, toPlainJobs } from '#contracts/cicd/plain-execution.js';
import { jsonOrNull } from '../json-column.js';
import { createUuidV7 } from '../uuid-v7.js';
import { PIPELINE_CHANNEL } from './pipeline-changes.js';

/** Through which integration an execution was seen. */
export interface SeenThrough {
  readonly id: string;
  readonly project: string;
  readonly platform: string;
}

export interface Observation {
  readonly execution: Execution;
  /** Of its attempt, in the platform's order; those that are not named stay as they are. */
  readonly jobs?: readonly PipelineJob[];
  /** Of the execution here, where the observer knows it. */
  readonly id?: string;
  /** A webhook told it: there is no need to ask the platform often. */
  readonly told: boolean;
  /** It was done again for whoever observes: what is over goes on, even where the platform counts no attempts. */
  readonly again?: boolean;
}

interface KnownRow {
  readonly id: string;
  readonly attempt: number;
  readonly state: PipelineState;
  /** Whether it is known by which id the platform names it. */
  readonly named: boolean;
}

/** Executions of pipelines and their jobs. */
export class ExecutionRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Notes what was seen of an execution, and answers with its id here. Call in a transaction. What is older than what is
   * known changes nothing: of an earlier attempt, or of a state that comes before. Whoever follows the execution hears of
   * its next state when the transaction is committed; what is told of its jobs alone is nothing to ask the platform for. Of
   * what platforms say, only what is plain is kept.
   */
  async observe(through: SeenThrough, { jobs: toldJobs, ...observation }: Observation): Promise<string> {
    const { told, again = false } = observation;
    const execution = toPlainExecution(observation.execution);
    const jobs = toldJobs && toPlainJobs(toldJobs);
    const known = await this.lock(through, { ...observation, execution });
    const id = known?.id ?? observation.id ?? (await this.add(through, execution));
    const news = known === undefined || isNews(known, execution, again);
    if (news) await this.write(id, execution);
    if (told) await this.manager.query('UPDATE pipeline_executions SET told_at = now() WHERE id = $1', [id]);
    if (jobs !== undefined && (known === undefined || execution.attempt >= known.attempt))
      await this.writeJobs(id, execution.attempt, jobs);
    const changed = news && isChange(known, execution);
    const over = isOver(execution.state);
    // An end may be told again of what is over here and was done again there.
    if ((told && (changed || over)) || (changed && over)) await this.tell(id);
    return id;
  }

  /** Has whoever follows it ask the platform: something of it was told by a sender that proves nothing. */
  async hint(through: SeenThrough, execution: Execution): Promise<void> {
    const { reference } = toPlainExecution(execution);
    const [rows]: [{ id: string }[]] = await this.manager.query(
      `UPDATE pipeline_executions SET told_at = now()
       WHERE integration_id = $1 AND platform_project = $2 AND external_id = $3 RETURNING id`,
      [through.id, reference.project, reference.id],
    );
    for (const { id } of rows) await this.tell(id);
  }

  private async tell(id: string): Promise<void> {
    await this.manager.query('SELECT pg_notify($1, $2)', [PIPELINE_CHANNEL, id]);
  }

  /**
   * The row that means the execution, locked. A row that a webhook made before the start was known to be it goes. A key alone
   * names a start only until that has begun: people start builds with the inputs of others, key and all.
   */
  private async lock(through: SeenThrough, { execution, id }: Observation): Promise<KnownRow | undefined> {
    const { reference, key } = execution;
    const own = id ?? (key !== undefined && UUID.test(key) ? key : null);
    const rows: (KnownRow & { readonly own: boolean })[] = await this.manager.query(
      `SELECT id, attempt, state, external_id IS NOT NULL AS named, id IS NOT DISTINCT FROM $4::uuid AS own
       FROM pipeline_executions
       WHERE integration_id = $1 AND (platform_project = $2 AND external_id = $3
         OR id = $4::uuid AND ($5 OR external_id IS NULL OR state = 'queued'))
       ORDER BY id FOR UPDATE`,
      [through.id, reference.project, reference.id, own, id !== undefined],
    );
    const known = rows.find((row) => row.own) ?? rows[0];
    for (const row of rows) if (row !== known) await this.remove(row.id);
    return known;
  }

  private async remove(id: string): Promise<void> {
    await this.manager.query('DELETE FROM pipeline_executions WHERE id = $1', [id]);
  }

  private async add(through: SeenThrough, { reference }: Execution): Promise<string> {
    const [[row]]: [{ id: string }[]] = [
      await this.manager.query(
        `INSERT INTO pipeline_executions (id, project, integration_id, platform, platform_project, pipeline, external_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (integration_id, platform_project, external_id) WHERE external_id IS NOT NULL
         DO UPDATE SET updated_at = now() RETURNING id`,
        [
          createUuidV7(),
          through.project,
          through.id,
          through.platform,
          reference.project,
          reference.pipeline,
          reference.id,
        ],
      ),
    ];
    return row!.id;
  }

  private async write(id: string, execution: Execution): Promise<void> {
    const { reference, attempt, state, native, title, url, ref, commit, trigger, actor } = execution;
    await this.manager.query(
      `UPDATE pipeline_executions SET platform_project = $2, pipeline = COALESCE(NULLIF($3, ''), pipeline), external_id = $4, attempt = $5, state = $6,
         native = $7, title = COALESCE(NULLIF($8, ''), title), url = COALESCE(NULLIF($9, ''), url), ref = COALESCE($10, ref), commit_id = COALESCE($11, commit_id),
         trigger = COALESCE($12, trigger), actor = COALESCE($13, actor), queued_at = COALESCE($14, queued_at),
         started_at = COALESCE($15, started_at), ended_at = $16, updated_at = now() WHERE id = $1`,
      [
        id,
        reference.project,
        reference.pipeline,
        reference.id,
        attempt,
        state,
        native,
        title,
        url,
        ref ?? null,
        commit ?? null,
        trigger ?? null,
        actor ?? null,
        momentOf(execution.createdAt),
        momentOf(execution.startedAt),
        momentOf(execution.endedAt),
      ],
    );
  }

  private async writeJobs(id: string, attempt: number, jobs: readonly PipelineJob[]): Promise<void> {
    for (const [position, job] of jobs.entries()) {
      await this.manager.query(
        `INSERT INTO pipeline_jobs AS j (execution_id, execution_attempt, external_id, position, attempt, name, stage,
           state, native, url, runner, may_fail, queued_at, started_at, ended_at, steps)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16::json)
         ON CONFLICT (execution_id, execution_attempt, external_id) DO UPDATE SET position = excluded.position,
           attempt = excluded.attempt, name = excluded.name, stage = excluded.stage, state = excluded.state,
           native = excluded.native, url = COALESCE(excluded.url, j.url), runner = COALESCE(excluded.runner, j.runner),
           may_fail = excluded.may_fail, queued_at = COALESCE(excluded.queued_at, j.queued_at),
           started_at = COALESCE(excluded.started_at, j.started_at), ended_at = COALESCE(excluded.ended_at, j.ended_at),
           steps = COALESCE(excluded.steps, j.steps)
         WHERE excluded.attempt > j.attempt OR ${rankOf('excluded.state')} >= ${rankOf('j.state')}`,
        [
          id,
          attempt,
          job.id,
          position,
          job.attempt,
          job.name,
          job.stage ?? null,
          job.state,
          job.native,
          job.url ?? null,
          job.runner ?? null,
          job.mayFail,
          momentOf(job.createdAt),
          momentOf(job.startedAt),
          momentOf(job.endedAt),
          jsonOrNull(job.steps),
        ],
      );
    }
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** How far a state is: what waits may start, what goes on may end. */
function rank(state: PipelineState): number {
  if (state === 'queued') return 0;
  return isOver(state) ? 2 : 1;
}

function rankOf(column: string): string {
  return `(CASE WHEN ${column} = 'queued' THEN 0 WHEN ${column} IN ('running', 'blocked') THEN 1 ELSE 2 END)`;
}

function isNews(known: KnownRow, { attempt, state }: Execution, again: boolean): boolean {
  if (attempt !== known.attempt) return attempt > known.attempt;
  return again || rank(state) >= rank(known.state);
}

function isChange(known: KnownRow | undefined, { attempt, state }: Execution): boolean {
  return known === undefined || !known.named || known.attempt !== attempt || known.state !== state;
}

function momentOf(ms: number | undefined): Date | null {
  return ms === undefined ? null : new Date(ms);
}
