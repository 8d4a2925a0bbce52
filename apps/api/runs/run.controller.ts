import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { LogRepository } from '#persistence/repositories/log-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiRequest } from '../http/exchange.js';
import { readIdempotencyKey } from '../http/idempotency-key.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { CancelRun } from './cancel-run.js';
import { FindRun } from './find-run.js';
import { PresentRun } from './present-run.js';
import { ReadSteps } from './read-steps.js';
import { CancelBody, LogQuery, StepListQuery } from './run.query.js';
import { RunResource } from './run.resource.js';
import { LogPage, StepPage, toLog } from './step.resource.js';

@ApiTags('runs')
@Controller('api/v1/runs')
export class RunController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(PresentRun) private readonly presenter: PresentRun,
    @Inject(FindRun) private readonly findRun: FindRun,
    @Inject(ReadSteps) private readonly readSteps: ReadSteps,
    @Inject(CancelRun) private readonly cancelRun: CancelRun,
  ) {}

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
    return this.readSteps.readPage(await this.findRun.require(caller.project, id), query);
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
    const idempotencyKey = readIdempotencyKey(request);
    if (!compensate) return this.presenter.present(await this.cancelRun.cancel(id, reason, caller));
    return this.presenter.present(await this.cancelRun.compensate(id, reason, { idempotencyKey, caller }));
  }
}
