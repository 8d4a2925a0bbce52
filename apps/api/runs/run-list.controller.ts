import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { RunStatisticsView } from '#contracts/rest/runs.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { ListRuns } from './list-runs.js';
import { PresentRun } from './present-run.js';
import { RunPage } from './run.resource.js';
import { RunListQuery, RunStatisticsQuery } from './run-list.query.js';
import { RunStatisticsResource } from './run-statistics.resource.js';

@ApiTags('runs')
@Controller('api/v1/runs')
export class RunListController {
  constructor(
    @Inject(ListRuns) private readonly listRuns: ListRuns,
    @Inject(PresentRun) private readonly presenter: PresentRun,
  ) {}

  @Permit('runs:read')
  @Get()
  @ApiOperation({
    summary: 'List the runs, newest first',
    description:
      'Where filters have no index together, a page may hold fewer runs than `limit`, or none, though `next` is there: at most 10,000 are looked through for it. Sorted by `endedAt`: those that have ended.',
  })
  @ApiResponse({ status: 200, type: RunPage })
  @ApiProblems('request-invalid', 'workflow-not-found')
  async list(@Query() query: RunListQuery, @RequestCaller() caller: Caller): Promise<RunPage> {
    return toPage(await this.listRuns.list(query, caller), (row) => this.presenter.present(row));
  }

  @Permit('runs:read')
  @Get('statistics')
  @ApiOperation({
    summary: 'Count the runs that ended in a time, and those that live; how long they took',
    description: 'Of the time, the newest 50,000 are looked at; `runsAtLeast` says that there are more.',
  })
  @ApiResponse({ status: 200, type: RunStatisticsResource })
  @ApiProblems('request-invalid', 'workflow-not-found')
  statistics(
    @Query() query: RunStatisticsQuery,
    @RequestCaller() caller: Caller,
  ): Promise<RunStatisticsView> {
    return this.listRuns.readStatistics(query, caller);
  }
}
