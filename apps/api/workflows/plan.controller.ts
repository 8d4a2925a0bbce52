import { Body, Controller, Delete, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import type { ValidationView, WorkflowPlanView } from '#contracts/rest/workflows.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiRequest } from '../http/exchange.js';
import { DEFINITION_MEDIA_TYPES } from '../http/fastify-adapter.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { DeleteWorkflow } from './delete-workflow.js';
import { FindWorkflow } from './find-workflow.js';
import { ForecastWorkflow } from './forecast-workflow.js';
import { DeleteWorkflowQuery, PlanBody, StoredPlanBody } from './plan.body.js';
import { ValidationResource, WorkflowPlanResource } from './plan.resource.js';
import { UnderstandDefinition } from './understand-definition.js';

/** What can be said of definitions before anything runs, and their end. */
@ApiTags('workflows')
@Controller('api/v1/workflows')
export class PlanController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
    @Inject(UnderstandDefinition) private readonly understand: UnderstandDefinition,
    @Inject(ForecastWorkflow) private readonly forecast: ForecastWorkflow,
    @Inject(DeleteWorkflow) private readonly deleteWorkflow: DeleteWorkflow,
  ) {}

  @Permit('workflows:read')
  @Post('validate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Check a definition without saving it' })
  @ApiConsumes(...DEFINITION_MEDIA_TYPES)
  @ApiBody({ schema: {}, description: 'The definition itself.' })
  @ApiResponse({ status: 200, description: 'Also of one that is not valid.', type: ValidationResource })
  @ApiProblems('body-missing', 'body-malformed', 'body-too-large', 'media-type-unsupported')
  async validate(
    @Req() { body }: ApiRequest & { readonly body?: unknown },
    @RequestCaller() caller: Caller,
  ): Promise<ValidationView> {
    if (typeof body !== 'string' || body.trim() === '') {
      throw problemError('body-missing', 'The body must be the definition itself.');
    }
    const { manager } = this.dataSource;
    const { name, read, findings, versionOf } = await this.understand.examine(body, caller.project, manager);
    return {
      valid: read !== undefined,
      ...(name === '' ? {} : { name }),
      ...(read === undefined ? {} : { digest: read.compile(versionOf).digest }),
      findings,
    };
  }

  @Permit('workflows:read')
  @Post('plan')
  @HttpCode(200)
  @ApiOperation({ summary: 'Say what a definition would run, without saving or starting it' })
  @ApiResponse({ status: 200, type: WorkflowPlanResource })
  @ApiProblems('definition-invalid', 'inputs-invalid', 'request-invalid', 'body-malformed', 'body-too-large')
  planText(@Body() body: PlanBody, @RequestCaller() caller: Caller): Promise<WorkflowPlanView> {
    return this.forecast.ofText(body, caller);
  }

  @Permit('workflows:read')
  @Post(':id/plan')
  @HttpCode(200)
  @ApiOperation({ summary: 'Say what a run of it would do, without starting one' })
  @ApiResponse({ status: 200, type: WorkflowPlanResource })
  @ApiProblems('workflow-not-found', 'workflow-version-not-found', 'inputs-invalid', 'request-invalid')
  async planVersion(
    @Param('id') id: string,
    @Body() body: StoredPlanBody,
    @RequestCaller() caller: Caller,
  ): Promise<WorkflowPlanView> {
    return this.forecast.ofVersion(await this.findWorkflow.require(caller.project, id), body);
  }

  @Permit('workflows:write')
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete it',
    description:
      'Its runs and their versions stay, and its name is free. Refused while a run of it lives, or another workflow calls it.',
  })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems('workflow-not-found', 'workflow-in-use', 'request-invalid')
  async remove(
    @Param('id') id: string,
    @Query() { reason }: DeleteWorkflowQuery,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    await this.deleteWorkflow.delete(await this.findWorkflow.require(caller.project, id), reason, caller);
  }
}
