import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { EnvironmentRepository, type EnvironmentRow } from '#persistence/risk/environment-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply } from '../http/exchange.js';
import { toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ChangeEnvironment, environmentNotFound } from './change-environment.js';
import { KnowEnvironment } from './know-environment.js';
import { EnvironmentBody, EnvironmentListQuery } from './risk.body.js';
import { EnvironmentPage, EnvironmentResource, toEnvironment } from './risk.resource.js';

@ApiTags('risk')
@Controller('api/v1/risk/environments')
export class RiskEnvironmentController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(ChangeEnvironment) private readonly changeEnvironment: ChangeEnvironment,
    @Inject(KnowEnvironment) private readonly environments: KnowEnvironment,
  ) {}

  @Permit('risk:read')
  @Get()
  @ApiOperation({ summary: 'Environments of which something was said, by name' })
  @ApiResponse({ status: 200, type: EnvironmentPage })
  @ApiProblems('request-invalid')
  async list(
    @Query() query: EnvironmentListQuery,
    @RequestCaller() { project }: Caller,
  ): Promise<EnvironmentPage> {
    const page = await new EnvironmentRepository(this.dataSource.manager).list(project, query);
    const knowledge = this.environments.look();
    const items = await Promise.all(page.rows.map((row) => present(row, knowledge)));
    return { ...toPage(page, () => undefined), items };
  }

  @Permit('risk:read')
  @Get(':name')
  @ApiOperation({ summary: 'How things are in an environment' })
  @ApiResponse({ status: 200, type: EnvironmentResource })
  @ApiProblems('risk-environment-not-found')
  async get(@Param('name') name: string, @RequestCaller() { project }: Caller): Promise<EnvironmentResource> {
    const environments = new EnvironmentRepository(this.dataSource.manager);
    const row = name.includes('\0') ? undefined : await environments.find(project, name);
    if (row === undefined) throw environmentNotFound();
    return present(row, this.environments.look());
  }

  @Permit('risk:assess')
  @Put(':name')
  @ApiOperation({
    summary: 'Say how things are in an environment',
    description:
      'In place of what was said before. Changes that go there, and whose assessment is open, are assessed again.',
  })
  @ApiResponse({ status: 201, description: 'It is new.', type: EnvironmentResource })
  @ApiResponse({ status: 200, type: EnvironmentResource })
  @ApiProblems(
    'request-invalid',
    'risk-environment-limit-reached',
    'body-malformed',
    'body-forbidden-key',
    'body-too-deep',
    'body-too-large',
  )
  async set(
    @Param('name') name: string,
    @Body() body: EnvironmentBody,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<EnvironmentResource> {
    const created = await this.changeEnvironment.set(name, body, caller);
    reply.code(created ? 201 : 200);
    return this.get(name, caller);
  }

  @Permit('risk:assess')
  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Forget what was said of an environment' })
  @ApiResponse({ status: 204, description: 'Nothing is known of it but freezes.' })
  @ApiProblems('risk-environment-not-found')
  async remove(@Param('name') name: string, @RequestCaller() caller: Caller): Promise<void> {
    await this.changeEnvironment.remove(name, caller);
  }
}

async function present(
  row: EnvironmentRow,
  knowledge: ReturnType<KnowEnvironment['look']>,
): Promise<EnvironmentResource> {
  return toEnvironment(row, await knowledge.stateOf(row.project, row.name));
}
