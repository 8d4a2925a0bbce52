import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { IntegrationRepository } from '#persistence/integrations/integration-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ChangeIntegration } from './change-integration.js';
import { FindIntegration } from './find-integration.js';
import { IntegrationBody, IntegrationChangeBody, IntegrationListQuery } from './integration.body.js';
import { IntegrationPage, IntegrationResource, toIntegration } from './integration.resource.js';

@ApiTags('integrations')
@Controller('api/v1/integrations')
export class IntegrationController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindIntegration) private readonly findIntegration: FindIntegration,
    @Inject(ChangeIntegration) private readonly changeIntegration: ChangeIntegration,
  ) {}

  @Permit('integrations:write')
  @Post()
  @ApiOperation({ summary: 'Connect the project with a platform', description: 'Steps name it.' })
  @ApiResponse({ status: 201, type: IntegrationResource })
  @ApiProblems(
    'request-invalid',
    'integration-name-taken',
    'integration-limit-reached',
    'body-malformed',
    'body-too-large',
  )
  async create(@Body() body: IntegrationBody, @RequestCaller() caller: Caller): Promise<IntegrationResource> {
    return toIntegration(await this.changeIntegration.create(body, caller));
  }

  @Permit('integrations:read')
  @Get()
  @ApiOperation({ summary: 'List the integrations' })
  @ApiResponse({ status: 200, type: IntegrationPage })
  @ApiProblems('request-invalid')
  async list(
    @Query() query: IntegrationListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<IntegrationPage> {
    const integrations = new IntegrationRepository(this.dataSource.manager);
    return toPage(await integrations.list(caller.project, query, query), toIntegration);
  }

  @Permit('integrations:read')
  @Get(':id')
  @ApiOperation({ summary: 'One integration, by id or name' })
  @ApiResponse({ status: 200, type: IntegrationResource })
  @ApiProblems('integration-not-found')
  async get(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<IntegrationResource> {
    return toIntegration(await this.findIntegration.require(caller.project, id));
  }

  @Permit('integrations:write')
  @Patch(':id')
  @ApiOperation({
    summary: 'Change an integration',
    description: 'What the body does not name stays as it is; its platform stays in any case.',
  })
  @ApiResponse({ status: 200, type: IntegrationResource })
  @ApiProblems(
    'integration-not-found',
    'request-invalid',
    'integration-name-taken',
    'body-malformed',
    'body-too-large',
  )
  async change(
    @Param('id') id: string,
    @Body() body: IntegrationChangeBody,
    @RequestCaller() caller: Caller,
  ): Promise<IntegrationResource> {
    await this.findIntegration.require(caller.project, id);
    return toIntegration(await this.changeIntegration.change(id, body, caller));
  }

  @Permit('integrations:write')
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove an integration',
    description: 'Steps that name it fail from then on; its name is free again.',
  })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems('integration-not-found')
  async remove(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<void> {
    await this.findIntegration.require(caller.project, id);
    await this.changeIntegration.remove(id, caller);
  }
}
