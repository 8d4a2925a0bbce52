import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { FailureRepository } from '#persistence/repositories/failure-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindWorkflow } from '../workflows/find-workflow.js';
import { FailureQuery } from './failure.query.js';
import { FailureStatisticsResource } from './failure.resource.js';

const DEFAULT_SPAN_MS = 30 * 24 * 60 * 60 * 1000;

@ApiTags('failures')
@Controller('api/v1/failures')
export class FailureController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
  ) {}

  @Permit('failures:read')
  @Get('statistics')
  @ApiOperation({ summary: 'Count the attempts that failed: by class, category, step and workflow' })
  @ApiResponse({ status: 200, type: FailureStatisticsResource })
  @ApiProblems('request-invalid', 'workflow-not-found')
  async readStatistics(
    @Query() query: FailureQuery,
    @RequestCaller() caller: Caller,
  ): Promise<FailureStatisticsResource> {
    const to = query.to === undefined ? new Date() : new Date(query.to);
    const from = query.from === undefined ? new Date(to.getTime() - DEFAULT_SPAN_MS) : new Date(query.from);
    if (from >= to) {
      const message = 'must be before `to`';
      throw problemError('request-invalid', `from ${message}.`, { errors: [{ path: 'from', message }] });
    }
    const workflow =
      query.workflow === undefined
        ? undefined
        : await this.findWorkflow.require(caller.project, query.workflow);
    const filter = {
      project: caller.project,
      from,
      to,
      ...(workflow === undefined ? {} : { workflowId: workflow.id }),
    };
    const failures = new FailureRepository(this.dataSource.manager);
    const [classes, categories, steps, workflows] = await Promise.all([
      failures.countClasses(filter),
      failures.countCategories(filter),
      failures.countSteps(filter),
      failures.countWorkflows(filter),
    ]);
    return {
      from: from.toISOString(),
      to: to.toISOString(),
      total: classes.reduce((sum, { count }) => sum + count, 0),
      classes,
      categories: categories.map(({ category, class: failureClass, count, run, step, at }) => ({
        category,
        class: failureClass,
        count,
        latest: { run, step, at: at.toISOString() },
      })),
      steps,
      workflows,
    };
  }
}
