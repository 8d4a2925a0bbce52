import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import type { PipelineStatisticsView } from '#contracts/rest/pipelines.js';
import { ExecutionList } from '#persistence/pipelines/execution-list.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply } from '../http/exchange.js';
import { requireBefore, toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import type { ProblemCodeName } from '../http/problem-codes.js';
import { FindIntegration } from '../integrations/find-integration.js';
import { PLATFORM_PROBLEMS } from '../integrations/platform.problems.js';
import { ReasonBody } from '../runs/operation.bodies.js';
import { DATA_SOURCE } from '../tokens.js';
import { AskExecution } from './ask-execution.js';
import { FindExecution } from './find-execution.js';
import { PipelineListQuery, PipelineStatisticsQuery, RetryPipelineBody } from './pipeline.query.js';
import {
  PipelineExecutionPage,
  PipelineExecutionResource,
  PipelineJobList,
  toExecution,
  toJob,
} from './pipeline.resource.js';
import { ReadStatistics } from './read-statistics.js';
import { PipelineStatisticsResource } from './statistics.resource.js';
import { StreamLog } from './stream-log.js';

const MOST_JOB_ID = 300;

const ASKED = [
  'pipeline-execution-not-found',
  'pipeline-execution-unnamed',
  'integration-not-found',
  ...(Object.keys(PLATFORM_PROBLEMS) as (keyof typeof PLATFORM_PROBLEMS)[]),
] as const satisfies readonly ProblemCodeName[];

@ApiTags('pipelines')
@Controller('api/v1/pipelines')
export class PipelineController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindIntegration) private readonly findIntegration: FindIntegration,
    @Inject(FindExecution) private readonly findExecution: FindExecution,
    @Inject(AskExecution) private readonly askExecution: AskExecution,
    @Inject(StreamLog) private readonly streamLog: StreamLog,
    @Inject(ReadStatistics) private readonly readStatistics: ReadStatistics,
  ) {}

  @Permit('pipelines:read')
  @Get()
  @ApiOperation({
    summary: 'Executions of pipelines on all platforms, the newest first',
    description:
      'Those that steps started, and those that webhooks or the sync told of. Where filters have no index together, a page may hold fewer than `limit`, or none, though `next` is there.',
  })
  @ApiResponse({ status: 200, type: PipelineExecutionPage })
  @ApiProblems('request-invalid', 'integration-not-found')
  async list(
    @Query() query: PipelineListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<PipelineExecutionPage> {
    requireBefore(['from', query.from], ['to', query.to]);
    const { integration, platform, project: platformProject, pipeline, ref, state, run } = query;
    const known =
      integration === undefined ? undefined : await this.findIntegration.require(caller.project, integration);
    const filter = {
      integration: known?.id,
      platform,
      platformProject,
      pipeline,
      ref,
      state,
      run,
      from: momentOf(query.from),
      to: momentOf(query.to),
    };
    const executions = new ExecutionList(this.dataSource.manager);
    return toPage(await executions.list(caller.project, filter, query), toExecution);
  }

  @Permit('pipelines:read')
  @Get('statistics')
  @ApiOperation({
    summary: 'How executions of pipelines went',
    description:
      'Durations, queues, success, flaky jobs, slow steps and machine time, of those that are over.',
  })
  @ApiResponse({ status: 200, type: PipelineStatisticsResource })
  @ApiProblems('request-invalid', 'integration-not-found')
  statistics(
    @Query() query: PipelineStatisticsQuery,
    @RequestCaller() caller: Caller,
  ): Promise<PipelineStatisticsView> {
    return this.readStatistics.read(query, caller);
  }

  @Permit('pipelines:read')
  @Get(':id')
  @ApiOperation({ summary: 'One execution of a pipeline' })
  @ApiResponse({ status: 200, type: PipelineExecutionResource })
  @ApiProblems('pipeline-execution-not-found')
  async get(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<PipelineExecutionResource> {
    return toExecution(await this.findExecution.require(caller.project, id));
  }

  @Permit('pipelines:read')
  @Get(':id/jobs')
  @ApiOperation({
    summary: 'Jobs of the last attempt of an execution, with their steps',
    description: 'Of one that is over as they are kept here, else as the platform tells them now.',
  })
  @ApiResponse({ status: 200, type: PipelineJobList })
  @ApiProblems(...ASKED)
  async jobs(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<PipelineJobList> {
    return { items: (await this.askExecution.jobs(caller.project, id)).map(toJob) };
  }

  @Permit('pipelines:read')
  @Get(':id/jobs/:job/logs')
  @ApiOperation({
    summary: 'The log of a job',
    description:
      'As its platform has it now, line by line, without the secrets of the integration and what terminals obey. A stream that breaks off had more to say.',
  })
  @ApiProduces('text/plain')
  @ApiResponse({ status: 200, description: 'Its lines.' })
  @ApiProblems(...ASKED)
  async logs(
    @Param('id') id: string,
    @Param('job') job: string,
    @Res() reply: ApiReply,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    if (job.length > MOST_JOB_ID || /\p{Cc}/u.test(job))
      throw problemError('platform-not-found', 'No platform has a job of this name.');
    const log = await this.streamLog.open(caller.project, id, job);
    reply.header('content-type', 'text/plain; charset=utf-8').send(log);
  }

  @Permit('pipelines:operate')
  @Post(':id/cancel')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Have the platform cancel an execution',
    description: 'Answers with its state just after that: it may need a while to end.',
  })
  @ApiResponse({ status: 202, type: PipelineExecutionResource })
  @ApiProblems(...ASKED, 'request-invalid', 'body-malformed', 'body-too-large')
  async cancel(
    @Param('id') id: string,
    @Body() body: ReasonBody,
    @RequestCaller() caller: Caller,
  ): Promise<PipelineExecutionResource> {
    return toExecution(await this.askExecution.cancel(id, body.reason, caller));
  }

  @Permit('pipelines:operate')
  @Post(':id/retry')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Have the platform do an execution again',
    description:
      'Answers with the execution that does it: the same one with its next attempt, or another one, as the platform has it. A step that waited for it has ended, and takes no notice.',
  })
  @ApiResponse({ status: 202, type: PipelineExecutionResource })
  @ApiProblems(...ASKED, 'request-invalid', 'body-malformed', 'body-too-large')
  async retry(
    @Param('id') id: string,
    @Body() { what = 'failed', reason }: RetryPipelineBody,
    @RequestCaller() caller: Caller,
  ): Promise<PipelineExecutionResource> {
    return toExecution(await this.askExecution.retry(id, { what, reason }, caller));
  }
}

function momentOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
