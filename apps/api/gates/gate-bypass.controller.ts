import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { GateBypassRepository } from '#persistence/gates/gate-bypass-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ChangeBypass } from './change-bypass.js';
import { FindGate } from './find-gate.js';
import { BypassBody, BypassListQuery } from './gate.body.js';
import { BypassPage, BypassResource, toBypass } from './gate.resource.js';

@ApiTags('gates')
@Controller('api/v1/gates/:name/bypasses')
export class GateBypassController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindGate) private readonly findGate: FindGate,
    @Inject(ChangeBypass) private readonly changeBypass: ChangeBypass,
  ) {}

  @Permit('gates:bypass')
  @Post()
  @ApiOperation({
    summary: 'Let through what a gate does not pass',
    description: 'For a time. Its results keep their outcomes, and show who did it, why, and until when.',
  })
  @ApiResponse({ status: 201, type: BypassResource })
  @ApiProblems(
    'gate-not-found',
    'request-invalid',
    'gate-bypassed',
    'body-malformed',
    'body-forbidden-key',
    'body-too-deep',
    'body-too-large',
  )
  async create(
    @Param('name') name: string,
    @Body() body: BypassBody,
    @RequestCaller() caller: Caller,
  ): Promise<BypassResource> {
    return toBypass(await this.changeBypass.create(name, body, caller), Date.now());
  }

  @Permit('gates:read')
  @Get()
  @ApiOperation({ summary: 'Bypasses of a gate, the newest first' })
  @ApiResponse({ status: 200, type: BypassPage })
  @ApiProblems('gate-not-found', 'request-invalid')
  async list(
    @Param('name') name: string,
    @Query() query: BypassListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<BypassPage> {
    const gate = await this.findGate.require(caller.project, name);
    const page = await new GateBypassRepository(this.dataSource.manager).list(gate.id, query, query);
    const now = Date.now();
    return toPage(page, (row) => toBypass(row, now));
  }

  @Permit('gates:bypass')
  @Delete(':bypass')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke a bypass', description: 'One that is over stays as it is.' })
  @ApiResponse({ status: 204, description: 'It does not last any longer.' })
  @ApiProblems('gate-not-found', 'gate-bypass-not-found')
  async revoke(
    @Param('name') name: string,
    @Param('bypass') bypass: string,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    await this.changeBypass.revoke(name, bypass, caller);
  }
}
