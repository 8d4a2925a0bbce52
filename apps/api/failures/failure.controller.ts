import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FailureView } from '#contracts/rest/failures.js';
import { FailureRepository, type FailureRow } from '#persistence/repositories/failure-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { requireBefore, toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { ReadStore } from '../store/read-store.js';
import { FindWorkflow } from '../workflows/find-workflow.js';
import { FailureListQuery, FailureQuery } from './failure.query.js';
import { FailurePage, FailureStatisticsResource } from './failure.resource.js';

const DEFAULT_SPAN_MS = 30 * 24 * 60 * 60 * 1000;

@ApiTags('failures')
@Controller('api/v1/failures')
export class FailureController {
  constructor(
    @Inject(ReadStore) private readonly store: ReadStore,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
  ) {}

  @Permit('failures:read')
  @Get()
  @ApiOperation({ summary: 'List the attempts that failed, newest first' })
  @ApiResponse({ status: 200, type: FailurePage })
  @ApiProblems('request-invalid', 'workflow-not-found')
  async list(@Query() query: FailureListQuery, @RequestCaller() { project }: Caller): Promise<FailurePage> {
    requireBefore(['from', query.from], ['to', query.to]);
    const { step, category } = query;
    const filter = {
      project,
      step,
      category,
      classes: query.class,
      workflowId: await this.readWorkflow(project, query.workflow),
      from: toDate(query.from),
      to: toDate(query.to),
    };
    const page = await this.store.read((manager) => new FailureRepository(manager).list(filter, query));
    return toPage(page, toFailure);
  }

  @Permit('failures:read')
  @Get('statistics')
  @ApiOperation({ summary: 'Count the attempts that failed: by class, category, step and workflow' })
  @ApiResponse({ status: 200, type: FailureStatisticsResource })
  @ApiProblems('request-invalid', 'workflow-not-found')
  async readStatistics(
    @Query() query: FailureQuery,
    @RequestCaller() caller: Caller,
  ): Promise<FailureStatisticsResource> {
    const to = toDate(query.to) ?? new Date();
    const from = toDate(query.from) ?? new Date(to.getTime() - DEFAULT_SPAN_MS);
    requireBefore(['from', from.toISOString()], ['to', to.toISOString()]);
    const workflowId = await this.readWorkflow(caller.project, query.workflow);
    const filter = {
      project: caller.project,
      from,
      to,
      ...(workflowId === undefined ? {} : { workflowId }),
    };
    const [classes, categories, steps, workflows] = await this.store.read(async (manager) => {
      const failures = new FailureRepository(manager);
      return Promise.all([
        failures.countClasses(filter),
        failures.countCategories(filter),
        failures.countSteps(filter),
        failures.countWorkflows(filter),
      ]);
    });
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

  private async readWorkflow(project: string, workflow: string | undefined): Promise<string | undefined> {
    return workflow === undefined ? undefined : (await this.findWorkflow.require(project, workflow)).id;
  }
}

function toDate(moment: string | undefined): Date | undefined {
  return moment === undefined ? undefined : new Date(moment.toUpperCase());
}

function toFailure(row: FailureRow): FailureView {
  const { run, workflow, step, attempt, action, startedAt, endedAt, error } = row;
  return {
    run,
    workflow,
    step,
    attempt,
    ...(action === null ? {} : { action }),
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    error,
  };
}
