import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import type { SortOrder } from '#persistence/listing/list-page.js';
import {
  ATTEMPT_SORTS,
  type FullAttemptRow,
  StepRepository,
} from '#persistence/repositories/step-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { ListQuery, SortBy, toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindRun } from './find-run.js';
import { ReadSteps } from './read-steps.js';
import { AttemptPage, type FullAttemptResource } from './step.resource.js';
import { toAttempt } from './step-list.js';

class AttemptListQuery extends ListQuery {
  @SortBy(ATTEMPT_SORTS, 'attempt')
  sort: SortOrder<(typeof ATTEMPT_SORTS)[number]> = 'attempt';
}

@ApiTags('runs')
@Controller('api/v1/runs/:id/steps/:key/attempts')
export class AttemptController {
  private readonly steps: StepRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(FindRun) private readonly findRun: FindRun,
    @Inject(ReadSteps) private readonly readSteps: ReadSteps,
  ) {
    this.steps = new StepRepository(dataSource.manager);
  }

  @Permit('runs:read')
  @Get()
  @ApiOperation({ summary: 'List the attempts of a step, with what each was given' })
  @ApiResponse({ status: 200, type: AttemptPage })
  @ApiProblems('run-not-found', 'step-not-found', 'id-invalid', 'request-invalid')
  async list(
    @Param('id') id: string,
    @Param('key') key: string,
    @Query() query: AttemptListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<AttemptPage> {
    const run = await this.findRun.require(caller.project, id);
    const page = key.includes('\0') ? { rows: [] } : await this.steps.pageAttempts(run.id, key, query);
    if (page.rows.length === 0 && (await this.readSteps.read(run, [key])).length === 0) {
      throw problemError('step-not-found', 'The run has no step of this key.');
    }
    return toPage(page, toFullAttempt);
  }
}

function toFullAttempt(row: FullAttemptRow): FullAttemptResource {
  return {
    ...toAttempt(row),
    ...(row.action === null ? {} : { action: row.action }),
    ...(row.input === null ? {} : { input: row.input }),
  };
}
