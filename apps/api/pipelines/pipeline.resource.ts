import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { PIPELINE_STATES, type PipelineState } from '#contracts/cicd/execution.js';
import type { Page } from '#contracts/rest/page.js';
import type { PipelineExecutionView, PipelineJobView, PipelineStepView } from '#contracts/rest/pipelines.js';
import type { ExecutionRow, JobRow } from '#persistence/pipelines/execution-list.js';
import { ListedResource } from '../http/list-query.js';

export class PipelineExecutionResource implements PipelineExecutionView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ description: 'Name of the integration by which it is known.' }) integration: string;
  @ApiProperty() platform: string;
  @ApiProperty({ description: 'What holds the pipeline, as the platform names it.' }) project: string;
  @ApiProperty() pipeline: string;
  @ApiPropertyOptional({ description: 'As the platform names it; absent until that is known.' })
  externalId?: string;
  @ApiProperty() attempt: number;
  @ApiProperty({ enum: PIPELINE_STATES }) state: PipelineState;
  @ApiProperty({ description: "In the platform's own words." }) native: string;
  @ApiProperty() title: string;
  @ApiProperty({ description: 'Where people look at it.' }) url: string;
  @ApiPropertyOptional({ description: 'Branch or tag.' }) ref?: string;
  @ApiPropertyOptional() commit?: string;
  @ApiPropertyOptional({ description: "What started it, in the platform's own word." }) trigger?: string;
  @ApiPropertyOptional() actor?: string;
  @ApiPropertyOptional({ format: 'date-time', description: "By the platform's clock." }) queuedAt?: string;
  @ApiPropertyOptional({ format: 'date-time' }) startedAt?: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
  @ApiPropertyOptional({ description: 'Until it started.' }) queuedMs?: number;
  @ApiPropertyOptional({ description: 'From its start to its end.' }) durationMs?: number;
  @ApiPropertyOptional({ format: 'uuid', description: 'The run that started it.' }) run?: string;
  @ApiPropertyOptional({ description: 'Key of the step.' }) step?: string;
  @ApiProperty({ format: 'date-time', description: 'When it was first known here.' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class PipelineExecutionPage extends ListedResource implements Page<PipelineExecutionResource> {
  @ApiProperty({ type: [PipelineExecutionResource] }) items: PipelineExecutionResource[];
}

class PipelineStepResource implements PipelineStepView {
  @ApiProperty() name: string;
  @ApiProperty({ enum: PIPELINE_STATES }) state: PipelineState;
  @ApiProperty() native: string;
  @ApiPropertyOptional({ format: 'date-time' }) startedAt?: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
}

class PipelineJobResource implements PipelineJobView {
  @ApiProperty({ description: 'As the platform names it.' }) id: string;
  @ApiProperty() name: string;
  @ApiPropertyOptional() stage?: string;
  @ApiProperty() attempt: number;
  @ApiProperty({ enum: PIPELINE_STATES }) state: PipelineState;
  @ApiProperty() native: string;
  @ApiPropertyOptional() url?: string;
  @ApiPropertyOptional({ description: 'The machine, or what it is labelled with.' }) runner?: string;
  @ApiProperty({ description: 'Its failure does not fail the execution.' }) mayFail: boolean;
  @ApiPropertyOptional({ format: 'date-time' }) queuedAt?: string;
  @ApiPropertyOptional({ format: 'date-time' }) startedAt?: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
  @ApiPropertyOptional() durationMs?: number;
  @ApiProperty({ type: [PipelineStepResource] }) steps: PipelineStepResource[];
}

export class PipelineJobList {
  @ApiProperty({ type: [PipelineJobResource] }) items: PipelineJobResource[];
}

export function toExecution(row: ExecutionRow): PipelineExecutionResource {
  const { id, integration, platform, platformProject, pipeline, attempt, state, native, title, url } = row;
  const { externalId, ref, commit, trigger, actor, queuedAt, startedAt, endedAt, runId, step } = row;
  return {
    id,
    integration,
    platform,
    project: platformProject,
    pipeline,
    ...present({ externalId }),
    attempt,
    state,
    native,
    title,
    url,
    ...present({ ref, commit, trigger, actor }),
    ...moments({ queuedAt, startedAt, endedAt }),
    ...between('queuedMs', queuedAt, startedAt),
    ...between('durationMs', startedAt, endedAt),
    ...present({ run: runId, step }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toJob(row: JobRow): PipelineJobResource {
  const { externalId, name, stage, attempt, state, native, url, runner, mayFail } = row;
  const { queuedAt, startedAt, endedAt } = row;
  return {
    id: externalId,
    name,
    ...present({ stage }),
    attempt,
    state,
    native,
    ...present({ url, runner }),
    mayFail,
    ...moments({ queuedAt, startedAt, endedAt }),
    ...between('durationMs', startedAt, endedAt),
    steps: (row.steps ?? []).map((each) => ({
      name: each.name,
      state: each.state,
      native: each.native,
      ...moments({ startedAt: dateOf(each.startedAt), endedAt: dateOf(each.endedAt) }),
    })),
  };
}

function dateOf(ms: number | undefined): Date | null {
  return ms === undefined ? null : new Date(ms);
}

/** What is null is absent. */
function present<Field extends string>(
  fields: Readonly<Record<Field, string | null>>,
): { [F in Field]?: string } {
  const known = Object.entries(fields).filter(([, value]) => value !== null);
  return Object.fromEntries(known) as { [F in Field]?: string };
}

function moments<Field extends string>(
  fields: Readonly<Record<Field, Date | null>>,
): { [F in Field]?: string } {
  const texts = Object.entries<Date | null>(fields).map(([name, at]) => [name, at?.toISOString() ?? null]);
  return present(Object.fromEntries(texts) as Record<Field, string | null>);
}

/** What clocks of platforms make negative is nothing. */
function between<Field extends string>(
  name: Field,
  from: Date | null,
  to: Date | null,
): { [F in Field]?: number } {
  if (from === null || to === null) return {};
  return { [name]: Math.max(0, to.getTime() - from.getTime()) } as { [F in Field]?: number };
}
