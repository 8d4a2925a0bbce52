import { Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { WorkflowRepository } from '#persistence/repositories/workflow-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply, ApiRequest } from '../http/exchange.js';
import { DEFINITION_MEDIA_TYPES, mediaTypeOf } from '../http/fastify-adapter.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindWorkflow } from './find-workflow.js';
import { SaveWorkflow } from './save-workflow.js';
import { WorkflowListQuery } from './workflow.query.js';
import { toWorkflow, WorkflowPage, WorkflowResource } from './workflow.resource.js';

@ApiTags('workflows')
@Controller('api/v1/workflows')
export class WorkflowController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(SaveWorkflow) private readonly saveWorkflow: SaveWorkflow,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
  ) {}

  @Permit('workflows:write')
  @Post()
  @ApiOperation({
    summary: 'Save a definition',
    description:
      'As a new workflow or as a new version of the one with its name, unless the latest means the same.',
  })
  @ApiConsumes(...DEFINITION_MEDIA_TYPES)
  @ApiBody({ schema: {}, description: 'The definition itself.' })
  @ApiResponse({ status: 201, description: 'A new workflow.', type: WorkflowResource })
  @ApiResponse({ status: 200, description: 'A new version, or nothing new.', type: WorkflowResource })
  @ApiProblems(
    'definition-invalid',
    'body-missing',
    'body-malformed',
    'body-too-large',
    'media-type-unsupported',
  )
  async save(
    @Req() request: ApiRequest & { readonly body?: unknown },
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<WorkflowResource> {
    const { body } = request;
    if (typeof body !== 'string' || body.trim() === '') {
      throw problemError('body-missing', 'The body must be the definition itself.');
    }
    const format = mediaTypeOf(request) === 'application/json' ? 'json' : 'yaml';
    const { workflow, outcome, findings } = await this.saveWorkflow.save(body, format, caller);
    reply.code(outcome === 'created' ? 201 : 200);
    return toWorkflow(workflow, findings);
  }

  @Permit('workflows:read')
  @Get()
  @ApiOperation({ summary: 'List the workflows' })
  @ApiResponse({ status: 200, type: WorkflowPage })
  @ApiProblems('request-invalid')
  async list(@Query() query: WorkflowListQuery, @RequestCaller() caller: Caller): Promise<WorkflowPage> {
    const { project } = caller;
    const page = await new WorkflowRepository(this.dataSource.manager).list({ ...query, project }, query);
    return toPage(page, (row) => toWorkflow(row));
  }

  @Permit('workflows:read')
  @Get(':id')
  @ApiOperation({ summary: 'One workflow, by id or name' })
  @ApiResponse({ status: 200, type: WorkflowResource })
  @ApiProblems('workflow-not-found')
  async get(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<WorkflowResource> {
    return toWorkflow(await this.findWorkflow.require(caller.project, id));
  }
}
