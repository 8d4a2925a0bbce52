import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { PoolRepository } from '#persistence/repositories/pool-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply } from '../http/exchange.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ChangePool } from './change-pool.js';
import { PoolBody, PoolListQuery } from './pool.body.js';
import { PoolPage, PoolResource, toPool } from './pool.resource.js';

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

@ApiTags('pools')
@Controller('api/v1/pools')
export class PoolController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(ChangePool) private readonly changePool: ChangePool,
  ) {}

  @Permit('pools:read')
  @Get()
  @ApiOperation({
    summary: 'List the resource pools with what is held of them',
    description: 'The pool `default` is there without being set up, and not limited until it is.',
  })
  @ApiResponse({ status: 200, type: PoolPage })
  @ApiProblems('request-invalid')
  async list(@Query() query: PoolListQuery, @RequestCaller() caller: Caller): Promise<PoolPage> {
    const { project } = caller;
    const page = await new PoolRepository(this.dataSource.manager).list({ ...query, project }, query);
    return toPage(page, toPool);
  }

  @Permit('pools:read')
  @Get(':name')
  @ApiOperation({ summary: 'One resource pool' })
  @ApiResponse({ status: 200, type: PoolResource })
  @ApiProblems('pool-not-found')
  async get(@Param('name') name: string, @RequestCaller() caller: Caller): Promise<PoolResource> {
    const row = NAME.test(name)
      ? await new PoolRepository(this.dataSource.manager).find(caller.project, name)
      : undefined;
    if (row === undefined) throw problemError('pool-not-found', 'No resource pool has this name.');
    return toPool(row);
  }

  @Permit('pools:write')
  @Put(':name')
  @ApiOperation({
    summary: 'Set up a resource pool, or change its capacity',
    description: 'Less than is held takes nothing away: nothing more is granted until enough was given back.',
  })
  @ApiResponse({ status: 201, description: 'A new pool.', type: PoolResource })
  @ApiResponse({ status: 200, description: 'A changed one.', type: PoolResource })
  @ApiProblems('request-invalid', 'pool-limit-reached', 'body-malformed', 'body-too-large')
  async set(
    @Param('name') name: string,
    @Body() body: PoolBody,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<PoolResource> {
    if (!NAME.test(name)) {
      const message = 'must be small letters, digits and -, beginning with a letter, 63 at most';
      throw problemError('request-invalid', `name ${message}.`, { errors: [{ path: 'name', message }] });
    }
    const created = await this.changePool.set(name, body.capacity, body.reason, caller);
    reply.code(created ? 201 : 200);
    return this.get(name, caller);
  }

  @Permit('pools:write')
  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove a resource pool',
    description: 'Steps that ask for it from then on fail; `default` becomes unlimited.',
  })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems('pool-not-found', 'pool-in-use')
  async remove(@Param('name') name: string, @RequestCaller() caller: Caller): Promise<void> {
    if (!NAME.test(name)) throw problemError('pool-not-found', 'No resource pool has this name.');
    await this.changePool.remove(name, caller);
  }
}
