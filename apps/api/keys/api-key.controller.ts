import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { ApiKeyRepository } from '#persistence/repositories/api-key-repository.js';
import { API_KEY_ID } from '../auth/api-key.js';
import { type Identity, RequestIdentity } from '../auth/identity.js';
import { Permit } from '../auth/permit.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ApiKeyBody, ApiKeyListQuery } from './api-key.body.js';
import { ApiKeyPage, ApiKeyResource, CreatedApiKeyResource, toApiKey } from './api-key.resource.js';
import { ChangeApiKey, reachOf } from './change-api-key.js';

@ApiTags('api-keys')
@Controller('api/v1/api-keys')
export class ApiKeyController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(ChangeApiKey) private readonly changeApiKey: ChangeApiKey,
  ) {}

  @Permit('keys:write')
  @Post()
  @ApiOperation({ summary: 'Make an API key', description: 'The answer holds the key itself, this once.' })
  @ApiResponse({ status: 201, type: CreatedApiKeyResource })
  @ApiProblems(
    'request-invalid',
    'project-not-found',
    'user-not-found',
    'api-key-taken',
    'api-key-limit-reached',
    'body-malformed',
    'body-too-large',
  )
  async create(
    @Body() body: ApiKeyBody,
    @RequestIdentity() caller: Identity,
  ): Promise<CreatedApiKeyResource> {
    const { row, key } = await this.changeApiKey.create(body, caller);
    return { ...toApiKey(row), key };
  }

  @Permit('keys:read')
  @Get()
  @ApiOperation({
    summary: 'List the API keys of the project',
    description: 'To an administrator of all projects: those of all.',
  })
  @ApiResponse({ status: 200, type: ApiKeyPage })
  @ApiProblems('request-invalid')
  async list(@Query() query: ApiKeyListQuery, @RequestIdentity() caller: Identity): Promise<ApiKeyPage> {
    const page = await new ApiKeyRepository(this.dataSource.manager).list(reachOf(caller), query);
    return toPage(page, toApiKey);
  }

  @Permit('keys:read')
  @Get(':id')
  @ApiOperation({ summary: 'One API key' })
  @ApiResponse({ status: 200, type: ApiKeyResource })
  @ApiProblems('api-key-not-found')
  async get(@Param('id') id: string, @RequestIdentity() caller: Identity): Promise<ApiKeyResource> {
    const keys = new ApiKeyRepository(this.dataSource.manager);
    const row = await keys.find(requireId(id), reachOf(caller));
    if (row === undefined) throw problemError('api-key-not-found', 'No API key has this id.');
    return toApiKey(row);
  }

  @Permit('keys:write')
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an API key', description: 'At once, and with all tokens made of it.' })
  @ApiResponse({ status: 204, description: 'It lets nobody in any more.' })
  @ApiProblems('api-key-not-found')
  async revoke(@Param('id') id: string, @RequestIdentity() caller: Identity): Promise<void> {
    await this.changeApiKey.revoke(requireId(id), caller);
  }
}

function requireId(id: string): string {
  if (API_KEY_ID.test(id)) return id;
  throw problemError('api-key-not-found', 'No API key has this id.');
}
