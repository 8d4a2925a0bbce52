import { Body, Controller, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { VersionRepository } from '#persistence/repositories/version-repository.js';
import type { WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply } from '../http/exchange.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindWorkflow } from './find-workflow.js';
import { PublishVersion } from './publish-version.js';
import { resolveVersion } from './resolve-version.js';
import { PublishBody, VersionListQuery } from './version.body.js';
import { toVersion, WorkflowVersionPage, WorkflowVersionResource } from './version.resource.js';
import { readVersionText } from './version-name.js';

@ApiTags('workflows')
@Controller('api/v1/workflows/:id/versions')
export class VersionController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
    @Inject(PublishVersion) private readonly publishVersion: PublishVersion,
  ) {}

  @Permit('workflows:read')
  @Get()
  @ApiOperation({ summary: 'List its versions with their sources' })
  @ApiResponse({ status: 200, type: WorkflowVersionPage })
  @ApiProblems('workflow-not-found', 'request-invalid')
  async list(
    @Param('id') id: string,
    @Query() query: VersionListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<WorkflowVersionPage> {
    const workflow = await this.findWorkflow.require(caller.project, id);
    const page = await new VersionRepository(this.dataSource.manager).list(workflow.id, query, query);
    return toPage(page, (row) => toVersion(row));
  }

  @Permit('workflows:read')
  @Get(':version')
  @ApiOperation({ summary: 'One version, by number, semantic version or alias' })
  @ApiResponse({ status: 200, type: WorkflowVersionResource })
  @ApiProblems('workflow-not-found', 'workflow-version-not-found', 'request-invalid')
  async get(
    @Param('id') id: string,
    @Param('version') version: string,
    @RequestCaller() caller: Caller,
  ): Promise<WorkflowVersionResource> {
    const reference = readVersionText(version, 'version');
    const workflow = await this.findWorkflow.require(caller.project, id);
    const number = await resolveVersion(this.dataSource.manager, workflow, reference);
    return this.present(workflow, number);
  }

  @Permit('workflows:write')
  @Post(':version/publish')
  @ApiOperation({
    summary: 'Publish a version under a semantic version',
    description:
      'It is greater than all that were published before on its line: that of its major and minor number where one of them was published, else that of its major number, else all of them. Nothing changes it afterwards.',
  })
  @ApiResponse({ status: 201, type: WorkflowVersionResource })
  @ApiResponse({ status: 200, description: 'It was published so before.', type: WorkflowVersionResource })
  @ApiProblems(
    'request-invalid',
    'workflow-not-found',
    'workflow-version-not-found',
    'version-already-published',
    'semver-taken',
    'semver-not-greater',
    'body-malformed',
    'body-too-large',
  )
  async publish(
    @Param('id') id: string,
    @Param('version') version: string,
    @Body() body: PublishBody,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<WorkflowVersionResource> {
    const reference = readVersionText(version, 'version');
    const workflow = await this.findWorkflow.require(caller.project, id);
    const number = await resolveVersion(this.dataSource.manager, workflow, reference);
    const { created, sameAs } = await this.publishVersion.publish(workflow, number, body, caller);
    reply.code(created ? 201 : 200);
    return this.present(workflow, number, sameAs);
  }

  private async present(
    workflow: WorkflowRow,
    number: number,
    sameAs: readonly string[] = [],
  ): Promise<WorkflowVersionResource> {
    const row = await new VersionRepository(this.dataSource.manager).find(workflow.id, number);
    if (row === undefined) {
      throw problemError('workflow-version-not-found', `${workflow.name} has no version ${number}.`);
    }
    return toVersion(row, sameAs);
  }
}
