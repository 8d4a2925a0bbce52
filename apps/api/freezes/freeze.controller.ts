import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import type { Freeze } from '#persistence/entities/freeze.entity.js';
import { FreezeRepository } from '#persistence/repositories/freeze-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ChangeFreeze } from './change-freeze.js';
import { FreezeBody, FreezeListQuery } from './freeze.body.js';
import { FreezePage, FreezeResource, toFreeze } from './freeze.resource.js';

@ApiTags('freezes')
@Controller('api/v1/freezes')
export class FreezeController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(ChangeFreeze) private readonly changeFreeze: ChangeFreeze,
  ) {}

  @Permit('freezes:write')
  @Post()
  @ApiOperation({
    summary: 'Make a freeze',
    description: 'While it lasts no run of its workflows begins; runs that have begun go on.',
  })
  @ApiResponse({ status: 201, type: FreezeResource })
  @ApiProblems(
    'request-invalid',
    'workflow-not-found',
    'freeze-limit-reached',
    'body-malformed',
    'body-too-large',
  )
  async create(@Body() body: FreezeBody, @RequestCaller() caller: Caller): Promise<FreezeResource> {
    return toFreeze(await this.changeFreeze.create(body, caller), new Date());
  }

  @Permit('freezes:read')
  @Get()
  @ApiOperation({ summary: 'List the freezes that have not ended' })
  @ApiResponse({ status: 200, type: FreezePage })
  @ApiProblems('request-invalid')
  async list(@Query() query: FreezeListQuery, @RequestCaller() caller: Caller): Promise<FreezePage> {
    const { project } = caller;
    const page = await new FreezeRepository(this.dataSource.manager).list({ ...query, project }, query);
    const now = new Date();
    return toPage(page, (row) => toFreeze(row, now));
  }

  @Permit('freezes:read')
  @Get(':id')
  @ApiOperation({ summary: 'One freeze' })
  @ApiResponse({ status: 200, type: FreezeResource })
  @ApiProblems('freeze-not-found')
  async get(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<FreezeResource> {
    return toFreeze(await this.require(caller.project, id), new Date());
  }

  @Permit('freezes:write')
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove a freeze', description: 'Runs that waited for its end begin.' })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems('freeze-not-found')
  async remove(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<void> {
    await this.changeFreeze.remove(await this.require(caller.project, id), caller);
  }

  private async require(project: string, id: string): Promise<Freeze> {
    const freeze = isUUID(id)
      ? await new FreezeRepository(this.dataSource.manager).find(project, id)
      : undefined;
    if (freeze === undefined) throw problemError('freeze-not-found', 'No freeze has this id.');
    return freeze;
  }
}
