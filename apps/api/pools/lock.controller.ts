import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { PoolRepository } from '#persistence/repositories/pool-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { LockListQuery } from './pool.body.js';
import { LockPage, toLock } from './pool.resource.js';

@ApiTags('locks')
@Controller('api/v1/locks')
export class LockController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Permit('pools:read')
  @Get()
  @ApiOperation({ summary: 'List the locks that are held or waited for' })
  @ApiResponse({ status: 200, type: LockPage })
  @ApiProblems('request-invalid')
  async list(@Query() query: LockListQuery, @RequestCaller() caller: Caller): Promise<LockPage> {
    const { project } = caller;
    const page = await new PoolRepository(this.dataSource.manager).listLocks({ ...query, project }, query);
    return toPage(page, toLock);
  }
}
