import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import { LogRepository } from '#persistence/repositories/log-repository.js';
import { RunRepository } from '#persistence/repositories/run-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { CORRELATION_HEADER, correlationIdOf } from '../http/correlation.js';
import type { ApiReply, ApiRequest } from '../http/exchange.js';
import { readIdempotencyKey } from '../http/idempotency-key.js';
import { cursorError, decodeCursor, encodeCursor } from '../http/page-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { Metrics } from '../observability/metrics.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindWorkflow } from '../workflows/find-workflow.js';
import { CancelRun } from './cancel-run.js';
import { writeEventStream } from './event-stream.js';
import { FindRun } from './find-run.js';
import { FollowRun, toLog } from './follow-run.js';
import { PresentRun } from './present-run.js';
import { ReadSteps } from './read-steps.js';
import { CancelBody, LogQuery, RunListQuery, StepListQuery } from './run.query.js';
import { RunPage, RunResource } from './run.resource.js';
import { RunFeed } from './run-feed.js';
import { LogPage, StepPage } from './step.resource.js';

/** Event streams of one process. */
const MAX_STREAMS = 500;

@ApiTags('runs')
@Controller('api/v1/runs')
export class RunController {
  private streams = 0;

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(PresentRun) private readonly presenter: PresentRun,
    @Inject(FindRun) private readonly findRun: FindRun,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
    @Inject(ReadSteps) private readonly readSteps: ReadSteps,
    @Inject(CancelRun) private readonly cancelRun: CancelRun,
    @Inject(FollowRun) private readonly followRun: FollowRun,
    @Inject(RunFeed) private readonly feed: RunFeed,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  @Permit('runs:read')
  @Get()
  @ApiOperation({ summary: 'List the runs, newest first' })
  @ApiResponse({ status: 200, type: RunPage })
  @ApiProblems('request-invalid', 'workflow-not-found')
  async list(@Query() query: RunListQuery, @RequestCaller() caller: Caller): Promise<RunPage> {
    const before = decodeCursor(query.after, /^[^\0]+$/);
    if (before !== undefined && !isUUID(before)) throw cursorError();
    const workflow =
      query.workflow === undefined
        ? undefined
        : await this.findWorkflow.require(caller.project, query.workflow);
    const rows = await new RunRepository(this.dataSource.manager).list({
      project: caller.project,
      limit: query.limit + 1,
      ...(query.status === undefined ? {} : { statuses: query.status }),
      ...(workflow === undefined ? {} : { workflowId: workflow.id }),
      ...(before === undefined ? {} : { before }),
    });
    const items = rows.slice(0, query.limit).map((row) => this.presenter.present(row));
    return { items, ...(rows.length > query.limit ? { next: encodeCursor(items.at(-1)!.id) } : {}) };
  }

  @Permit('runs:read')
  @Get(':id')
  @ApiOperation({ summary: 'One run' })
  @ApiResponse({ status: 200, type: RunResource })
  @ApiProblems('run-not-found', 'id-invalid')
  async get(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<RunResource> {
    return this.presenter.present(await this.findRun.require(caller.project, id));
  }

  @Permit('runs:read')
  @Get(':id/steps')
  @ApiOperation({ summary: 'Every step in written order, each instance of a loop in its place' })
  @ApiResponse({ status: 200, type: StepPage })
  @ApiProblems('run-not-found', 'id-invalid', 'request-invalid')
  async steps(
    @Param('id') id: string,
    @Query() query: StepListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<StepPage> {
    const from = Number(decodeCursor(query.after, /^\d{1,9}$/) ?? 0);
    const { page, next } = await this.readSteps.readPage(
      await this.findRun.require(caller.project, id),
      from,
    );
    return { ...page, ...(next === undefined ? {} : { next: encodeCursor(String(next)) }) };
  }

  @Permit('runs:read')
  @Get(':id/logs')
  @ApiOperation({ summary: 'What its steps printed, in order of arrival' })
  @ApiResponse({ status: 200, type: LogPage })
  @ApiProblems('run-not-found', 'id-invalid', 'request-invalid')
  async logs(
    @Param('id') id: string,
    @Query() query: LogQuery,
    @RequestCaller() caller: Caller,
  ): Promise<LogPage> {
    await this.findRun.require(caller.project, id);
    const { lines, more } = await new LogRepository(this.dataSource.manager).read({ ...query, runId: id });
    return { items: lines.map(toLog), ...(more ? { next: lines.at(-1)!.cursor } : {}) };
  }

  @Permit('runs:operate')
  @Post(':id/cancel')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Ask it to end',
    description: 'Repeating it changes nothing. With `compensate` it is an operation on a living run.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'With `compensate`.' })
  @ApiResponse({ status: 202, type: RunResource })
  @ApiProblems(
    'run-not-found',
    'run-already-ended',
    'operation-refused',
    'temporal-unavailable',
    'id-invalid',
    'request-invalid',
    'idempotency-key-invalid',
  )
  async cancel(
    @Param('id') id: string,
    @Body() { reason, compensate = false }: CancelBody,
    @Req() request: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<RunResource> {
    if (!compensate) return this.presenter.present(await this.cancelRun.cancel(id, reason, caller));
    const idempotencyKey = readIdempotencyKey(request);
    return this.presenter.present(await this.cancelRun.compensate(id, reason, { idempotencyKey, caller }));
  }

  @Permit('runs:read')
  @Get(':id/events')
  @ApiOperation({
    summary: 'Follow it by Server-Sent Events',
    description: 'Events `run`, `step`, `log` and at last `end`; taken up again after Last-Event-ID.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false })
  @ApiProduces('text/event-stream')
  @ApiResponse({ status: 200, description: 'A stream of events.' })
  @ApiProblems('run-not-found', 'id-invalid', 'too-many-streams')
  async events(
    @Param('id') id: string,
    @Req() request: ApiRequest,
    @Res() reply: ApiReply,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    const run = await this.findRun.require(caller.project, id);
    if (this.streams >= MAX_STREAMS)
      throw problemError('too-many-streams', 'Too many event streams are open.');
    const lastEventId = request.headers['last-event-id'];
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, this.feed.closed]);
    const events = this.followRun.follow(
      run,
      typeof lastEventId === 'string' ? lastEventId : undefined,
      signal,
    );
    reply.hijack();
    this.streams += 1;
    const closed = this.metrics.streamOpened('sse');
    try {
      await writeEventStream(reply.raw, { [CORRELATION_HEADER]: correlationIdOf(request) }, events, signal);
    } catch {
      // The answer has begun, so nothing can be said any more; the reader comes back with Last-Event-ID.
    } finally {
      this.streams -= 1;
      closed();
    }
  }
}
