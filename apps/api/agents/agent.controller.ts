import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { AgentRepository } from '#persistence/agents/agent-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { AgentBody, AgentChangeBody, AgentListQuery } from './agent.body.js';
import { AgentHealthResource, AgentPage, AgentResource, toAgent } from './agent.resource.js';
import { ChangeAgent } from './change-agent.js';
import { CheckAgent } from './check-agent.js';
import { FindAgent } from './find-agent.js';

@ApiTags('agents')
@Controller('api/v1/agents')
export class AgentController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindAgent) private readonly findAgent: FindAgent,
    @Inject(ChangeAgent) private readonly changeAgent: ChangeAgent,
    @Inject(CheckAgent) private readonly checkAgent: CheckAgent,
  ) {}

  @Permit('agents:write')
  @Post()
  @ApiOperation({ summary: 'Register an agent', description: 'Steps name it with `agent/invoke`.' })
  @ApiResponse({ status: 201, type: AgentResource })
  @ApiProblems(
    'request-invalid',
    'agent-name-taken',
    'agent-limit-reached',
    'body-malformed',
    'body-too-large',
  )
  async create(@Body() body: AgentBody, @RequestCaller() caller: Caller): Promise<AgentResource> {
    return toAgent(await this.changeAgent.create(body, caller));
  }

  @Permit('agents:read')
  @Get()
  @ApiOperation({ summary: 'List the agents' })
  @ApiResponse({ status: 200, type: AgentPage })
  @ApiProblems('request-invalid')
  async list(@Query() query: AgentListQuery, @RequestCaller() caller: Caller): Promise<AgentPage> {
    return toPage(
      await new AgentRepository(this.dataSource.manager).list(caller.project, query, query),
      toAgent,
    );
  }

  @Permit('agents:read')
  @Get(':id')
  @ApiOperation({ summary: 'One agent, by id or name' })
  @ApiResponse({ status: 200, type: AgentResource })
  @ApiProblems('agent-not-found')
  async get(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<AgentResource> {
    return toAgent(await this.findAgent.require(caller.project, id));
  }

  @Permit('agents:write')
  @Patch(':id')
  @ApiOperation({ summary: 'Change an agent', description: 'What the body does not name stays as it is.' })
  @ApiResponse({ status: 200, type: AgentResource })
  @ApiProblems('agent-not-found', 'request-invalid', 'agent-name-taken', 'body-malformed', 'body-too-large')
  async change(
    @Param('id') id: string,
    @Body() body: AgentChangeBody,
    @RequestCaller() caller: Caller,
  ): Promise<AgentResource> {
    await this.findAgent.require(caller.project, id);
    return toAgent(await this.changeAgent.change(id, body, caller));
  }

  @Permit('agents:write')
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove an agent',
    description: 'What is under way at it goes on; its name is free again.',
  })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems('agent-not-found')
  async remove(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<void> {
    await this.findAgent.require(caller.project, id);
    await this.changeAgent.remove(id, caller);
  }

  @Permit('agents:read')
  @Get(':id/health')
  @ApiOperation({ summary: 'Ask an agent whether it is well', description: 'Calls its health address.' })
  @ApiResponse({ status: 200, type: AgentHealthResource })
  @ApiProblems('agent-not-found')
  async health(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<AgentHealthResource> {
    return this.checkAgent.check(await this.findAgent.require(caller.project, id));
  }
}
