import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { EventRepository, SEQUENCE_SORTS } from '#persistence/repositories/event-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiRequest } from '../http/exchange.js';
import { readIdempotencyKey } from '../http/idempotency-key.js';
import { ListQuery, SortBy, TextFilter, toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { CompareRuns } from './compare-runs.js';
import { FindRun } from './find-run.js';
import {
  CheckpointPage,
  type CheckpointResource,
  ComparisonResource,
  HistoryPage,
  type HistoryResource,
} from './history.resource.js';
import { RerunBody } from './operation.bodies.js';
import { PresentRun } from './present-run.js';
import { RerunRun } from './rerun-run.js';
import { RunResource } from './run.resource.js';

class CheckpointListQuery extends ListQuery {
  @SortBy(SEQUENCE_SORTS, 'sequence')
  sort: SortOrder<(typeof SEQUENCE_SORTS)[number]> = 'sequence';
}

class HistoryListQuery extends CheckpointListQuery {
  @TextFilter('What happened, as `approval.approved`.', 100)
  type?: string;

  @TextFilter('Key of the step that it is about.', 300)
  step?: string;

  @TextFilter('Who did it.')
  by?: string;
}

@ApiTags('runs')
@Controller('api/v1/runs/:id')
export class HistoryController {
  private readonly events: EventRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(FindRun) private readonly findRun: FindRun,
    @Inject(CompareRuns) private readonly compareRuns: CompareRuns,
    @Inject(RerunRun) private readonly rerunRun: RerunRun,
    @Inject(PresentRun) private readonly presenter: PresentRun,
  ) {
    this.events = new EventRepository(dataSource.manager);
  }

  @Permit('runs:read')
  @Get('history')
  @ApiOperation({
    summary: 'What happened in it beside its steps: operations, approvals, events, checkpoints',
  })
  @ApiResponse({ status: 200, type: HistoryPage })
  @ApiProblems('run-not-found', 'id-invalid', 'request-invalid')
  async history(
    @Param('id') id: string,
    @Query() query: HistoryListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<HistoryPage> {
    const { id: run } = await this.findRun.require(caller.project, id);
    return toPage(
      await this.events.list(run, query, query),
      (row): HistoryResource => ({
        sequence: row.sequence,
        at: row.at.toISOString(),
        type: row.type,
        ...(row.step === null ? {} : { step: row.step }),
        ...toAuthor(row),
        ...(row.name === null ? {} : { name: row.name }),
        ...(row.data === null ? {} : { data: row.data }),
      }),
    );
  }

  @Permit('runs:read')
  @Get('checkpoints')
  @ApiOperation({ summary: 'Its checkpoints, oldest first' })
  @ApiResponse({ status: 200, type: CheckpointPage })
  @ApiProblems('run-not-found', 'id-invalid', 'request-invalid')
  async checkpoints(
    @Param('id') id: string,
    @Query() query: CheckpointListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<CheckpointPage> {
    const { id: run } = await this.findRun.require(caller.project, id);
    return toPage(
      await this.events.listCheckpoints(run, query),
      (row): CheckpointResource => ({
        name: row.name,
        sequence: row.sequence,
        at: row.at.toISOString(),
        ...toAuthor(row),
        steps: row.settled,
      }),
    );
  }

  @Permit('runs:read')
  @Get('compare/:other')
  @ApiOperation({ summary: 'How another run differs from it, in more than time' })
  @ApiResponse({ status: 200, type: ComparisonResource })
  @ApiProblems('run-not-found', 'id-invalid')
  async compare(
    @Param('id') id: string,
    @Param('other') other: string,
    @RequestCaller() caller: Caller,
  ): Promise<ComparisonResource> {
    return this.compareRuns.compare(
      await this.findRun.require(caller.project, id),
      await this.findRun.require(caller.project, other),
    );
  }

  @Permit('runs:start')
  @Post('rerun')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Repeat it in part, as a new run',
    description:
      'Results of this run are taken over, but for `from` and what comes after it; without it, for what did not succeed.',
  })
  @ApiHeader({ name: 'Idempotency-Key', required: false })
  @ApiResponse({ status: 202, description: 'Accepted: nothing can lose it any more.', type: RunResource })
  @ApiProblems(
    'rerun-impossible',
    'operation-refused',
    'run-not-found',
    'checkpoint-not-found',
    'workflow-version-not-found',
    'inputs-invalid',
    'id-invalid',
    'request-invalid',
    'idempotency-key-invalid',
    'idempotency-key-reused',
  )
  async rerun(
    @Param('id') id: string,
    @Body() body: RerunBody,
    @Req() request: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<RunResource> {
    const idempotencyKey = readIdempotencyKey(request);
    const run = await this.findRun.require(caller.project, id);
    return this.presenter.present(await this.rerunRun.rerun(run, body, { idempotencyKey, caller }));
  }
}

function toAuthor(row: { readonly by: string | null; readonly reason: string | null }): {
  by?: string;
  reason?: string;
} {
  return {
    ...(row.by === null ? {} : { by: row.by }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  };
}
