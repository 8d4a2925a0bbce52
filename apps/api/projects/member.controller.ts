import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { UserRepository } from '#persistence/repositories/user-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply } from '../http/exchange.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { toUserName } from '../users/user.body.js';
import { ChangeMember } from './change-member.js';
import { MemberBody, MemberListQuery } from './project.body.js';
import { MemberPage, MemberResource, toMember } from './project.resource.js';

@ApiTags('projects')
@Controller('api/v1/members')
export class MemberController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(ChangeMember) private readonly changeMember: ChangeMember,
  ) {}

  @Permit('members:read')
  @Get()
  @ApiOperation({ summary: 'List who is in the project, with their roles' })
  @ApiResponse({ status: 200, type: MemberPage })
  @ApiProblems('request-invalid')
  async list(@Query() query: MemberListQuery, @RequestCaller() caller: Caller): Promise<MemberPage> {
    const page = await new UserRepository(this.dataSource.manager).listMembers(caller.project, query);
    return toPage(page, toMember);
  }

  @Permit('members:read')
  @Get(':user')
  @ApiOperation({ summary: 'What one person is in the project' })
  @ApiResponse({ status: 200, type: MemberResource })
  @ApiProblems('member-not-found')
  async get(@Param('user') user: string, @RequestCaller() caller: Caller): Promise<MemberResource> {
    const name = toUserName(user);
    const row =
      name === undefined
        ? undefined
        : await new UserRepository(this.dataSource.manager).findMember(caller.project, name);
    if (row === undefined) throw problemError('member-not-found', 'Nobody of this name is in the project.');
    return toMember(row);
  }

  @Permit('members:write')
  @Put(':user')
  @ApiOperation({ summary: 'Give a person roles in the project, in place of those before' })
  @ApiResponse({ status: 201, description: 'The person was not in it.', type: MemberResource })
  @ApiResponse({ status: 200, description: 'The roles were changed.', type: MemberResource })
  @ApiProblems('request-invalid', 'user-not-found', 'body-malformed', 'body-too-large')
  async set(
    @Param('user') user: string,
    @Body() body: MemberBody,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<MemberResource> {
    const added = await this.changeMember.set(user, body, caller);
    reply.code(added ? 201 : 200);
    return this.get(user, caller);
  }

  @Permit('members:write')
  @Delete(':user')
  @HttpCode(204)
  @ApiOperation({ summary: 'Take a person out of the project' })
  @ApiResponse({ status: 204, description: 'The person is in it no longer.' })
  @ApiProblems('member-not-found')
  async remove(@Param('user') user: string, @RequestCaller() caller: Caller): Promise<void> {
    await this.changeMember.remove(user, caller);
  }
}
