import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { PoolRepository } from '#persistence/repositories/pool-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { decodeCursor, encodeCursor, PageQuery } from '../http/page-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { LockPage, toLock } from './pool.resource.js';

@ApiTags('locks')
@Controller('api/v1/locks')
export class LockController {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  @Permit('pools:read')
  @Get()
  @ApiOperation({ summary: 'List the locks that are held or waited for, by name' })
  @ApiResponse({ status: 200, type: LockPage })
  @ApiProblems('request-invalid')
  async list(@Query() query: PageQuery, @RequestCaller() caller: Caller): Promise<LockPage> {
    const after = decodeCursor(query.after, /^[^\0]+$/);
    const rows = await new PoolRepository(this.dataSource.manager).listLocks(caller.project, {
      limit: query.limit + 1,
      ...(after === undefined ? {} : { after }),
    });
    const items = rows.slice(0, query.limit).map(toLock);
    return { items, ...(rows.length > query.limit ? { next: encodeCursor(items.at(-1)!.name) } : {}) };
  }
}
