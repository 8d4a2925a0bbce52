import type { EntityManager } from 'typeorm';
import type { JobStatistics, PipelineDurations, StepStatistics } from '#contracts/rest/pipelines.js';
import { firstUuidV7 } from '../uuid-v7.js';

export interface PipelineStatisticsFilter {
  readonly project: string;
  /** First known here in that time, in milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Id of an integration. */
  readonly integration?: string | undefined;
  readonly platform?: string | undefined;
  readonly platformProject?: string | undefined;
  readonly pipeline?: string | undefined;
  readonly ref?: string | undefined;
}

interface CountedRow {
  readonly executions: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
  readonly duration: PipelineDurations | null;
  readonly queued: PipelineDurations | null;
}

/** The newest of a time that are looked at. */
export const MAX_COUNTED_EXECUTIONS = 10_000;
const MAX_JOBS = 50;
const MAX_STEPS = 20;

/** Counts executions of pipelines that are over. What it costs is bounded, however many there are. */
export class PipelineStatistics {
  constructor(
    private readonly manager: EntityManager,
    private readonly filter: PipelineStatisticsFilter,
  ) {}

  /** One more than MAX_COUNTED_EXECUTIONS stands for more. */
  async count(): Promise<CountedRow> {
    const [row] = await this.manager.query(
      `WITH ${OVER}
       SELECT count(*)::integer AS executions,
         count(*) FILTER (WHERE state IN ('succeeded', 'unstable'))::integer AS succeeded,
         count(*) FILTER (WHERE state = 'failed')::integer AS failed,
         count(*) FILTER (WHERE state = 'canceled')::integer AS canceled,
         ${durations('ran')} AS duration, ${durations('waited')} AS queued
       FROM over`,
      valuesOf(this.filter),
    );
    return row;
  }

  /** Minutes of machines, of all jobs. */
  async countMinutes(): Promise<number> {
    const [row] = await this.manager.query(
      `WITH ${OVER}, ${JOBS} SELECT COALESCE(sum(ran), 0) / 60000 AS minutes FROM jobs`,
      valuesOf(this.filter),
    );
    return Number(row.minutes);
  }

  async listJobs(): Promise<
    (Omit<JobStatistics, 'duration'> & { readonly duration: PipelineDurations | null })[]
  > {
    return this.manager.query(
      `WITH ${OVER}, ${JOBS}, commits AS (
         SELECT platform, project, pipeline, name, COALESCE(commit_id, id::text) AS at,
           COALESCE(min(ended_at) FILTER (WHERE state = 'failed')
             < max(ended_at) FILTER (WHERE state IN ('succeeded', 'unstable')), false) AS flaky
         FROM jobs GROUP BY platform, project, pipeline, name, COALESCE(commit_id, id::text)
       ), flaky AS (
         SELECT platform, project, pipeline, name, count(*) FILTER (WHERE flaky)::integer AS flaky,
           count(*)::integer AS commits
         FROM commits GROUP BY platform, project, pipeline, name
       )
       SELECT platform, project, pipeline, name, count(*)::integer AS count,
         count(*) FILTER (WHERE j.state = 'failed')::integer AS failed, f.flaky,
         round(f.flaky::numeric / f.commits, 4)::float AS flakiness, ${durations('j.ran')} AS duration,
         round((COALESCE(sum(j.ran), 0) / 60000)::numeric, 3)::float AS minutes
       FROM jobs j JOIN flaky f USING (platform, project, pipeline, name)
       GROUP BY platform, project, pipeline, name, f.flaky, f.commits
       ORDER BY COALESCE(sum(j.ran), 0) DESC, platform, project, pipeline, name LIMIT ${MAX_JOBS}`,
      valuesOf(this.filter),
    );
  }

  async listSteps(): Promise<StepStatistics[]> {
    return this.manager.query(
      `WITH ${OVER}, steps AS (
         SELECT j.name AS job, s->>'name' AS name, GREATEST(0, (s->>'endedAt')::float - (s->>'startedAt')::float) AS ran
         FROM over e JOIN pipeline_jobs j ON j.execution_id = e.id, json_array_elements(j.steps) s
         WHERE j.steps IS NOT NULL AND s->>'endedAt' IS NOT NULL AND s->>'startedAt' IS NOT NULL
       )
       SELECT job, name, count(*)::integer AS count, ${durations('ran')} AS duration
       FROM steps GROUP BY job, name
       ORDER BY percentile_disc(0.95) WITHIN GROUP (ORDER BY ran) DESC, job, name LIMIT ${MAX_STEPS}`,
      valuesOf(this.filter),
    );
  }
}

/** The executions that are over, of the last attempt of each. */
const OVER = `over AS (
  SELECT e.id, e.platform, e.platform_project AS project, e.pipeline, e.commit_id, e.state,
    ${millisecondsBetween('e.started_at', 'e.ended_at')} AS ran,
    ${millisecondsBetween('e.queued_at', 'e.started_at')} AS waited
  FROM pipeline_executions e
  WHERE e.project = $1 AND e.id >= $2::uuid AND e.id < $3::uuid
    AND e.state IN ('succeeded', 'unstable', 'failed', 'canceled', 'skipped')
    AND ($4::uuid IS NULL OR e.integration_id = $4) AND ($5::text IS NULL OR e.platform = $5)
    AND ($6::text IS NULL OR e.platform_project = $6) AND ($7::text IS NULL OR e.pipeline = $7)
    AND ($8::text IS NULL OR e.ref = $8)
  ORDER BY e.id DESC LIMIT ${MAX_COUNTED_EXECUTIONS + 1}
)`;

/** Their jobs, of all attempts. */
const JOBS = `jobs AS (
  SELECT e.id, e.platform, e.project, e.pipeline, e.commit_id, j.name, j.state, j.execution_attempt, j.ended_at,
    ${millisecondsBetween('j.started_at', 'j.ended_at')} AS ran
  FROM over e JOIN pipeline_jobs j ON j.execution_id = e.id
  WHERE j.state IN ('succeeded', 'unstable', 'failed', 'canceled')
)`;

/** What clocks of platforms make negative is nothing. */
function millisecondsBetween(from: string, to: string): string {
  return `GREATEST(0, extract(epoch FROM ${to} - ${from}) * 1000)`;
}

function durations(column: string): string {
  const percentile = (share: number) =>
    `round((percentile_disc(${share}) WITHIN GROUP (ORDER BY ${column}))::numeric)::float`;
  return `CASE WHEN count(${column}) = 0 THEN NULL
    ELSE json_build_object('p50Ms', ${percentile(0.5)}, 'p95Ms', ${percentile(0.95)}) END`;
}

function valuesOf(filter: PipelineStatisticsFilter): unknown[] {
  const { project, from, to, integration, platform, platformProject, pipeline, ref } = filter;
  return [
    project,
    firstUuidV7(from),
    firstUuidV7(to),
    ...[integration, platform, platformProject, pipeline, ref].map((value) => value ?? null),
  ];
}
