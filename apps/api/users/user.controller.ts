import { Body, Controller, Get, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { UserRepository } from '#persistence/repositories/user-repository.js';
import { type Identity, RequestIdentity } from '../auth/identity.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ChangeUser } from './change-user.js';
import { toUserName, UserBody, UserChangeBody, UserListQuery } from './user.body.js';
import { CallerResource, toCaller, toUser, UserPage, UserResource } from './user.resource.js';

@ApiTags('users')
@Controller('api/v1/users')
export class UserController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(ChangeUser) private readonly changeUser: ChangeUser,
  ) {}

  @Permit('account:read')
  @Get('me')
  @ApiOperation({ summary: 'Who the caller is, and what it may do' })
  @ApiResponse({ status: 200, type: CallerResource })
  me(@RequestIdentity() identity: Identity): CallerResource {
    return toCaller(identity);
  }

  @Permit('users:write')
  @Post()
  @ApiOperation({
    summary: 'Add a person',
    description: 'Those whom the OIDC issuer vouches for are added by themselves when they first come.',
  })
  @ApiResponse({ status: 201, type: UserResource })
  @ApiProblems('request-invalid', 'user-taken', 'body-malformed', 'body-too-large')
  async create(@Body() body: UserBody, @RequestCaller() caller: Caller): Promise<UserResource> {
    return toUser(await this.changeUser.create(body, caller));
  }

  @Permit('users:read')
  @Get()
  @ApiOperation({ summary: 'List the people' })
  @ApiResponse({ status: 200, type: UserPage })
  @ApiProblems('request-invalid')
  async list(@Query() query: UserListQuery): Promise<UserPage> {
    return toPage(await new UserRepository(this.dataSource.manager).list(query), toUser);
  }

  @Permit('users:read')
  @Get(':name')
  @ApiOperation({ summary: 'One person' })
  @ApiResponse({ status: 200, type: UserResource })
  @ApiProblems('user-not-found')
  async get(@Param('name') given: string): Promise<UserResource> {
    const name = toUserName(given);
    const row = name === undefined ? undefined : await new UserRepository(this.dataSource.manager).find(name);
    if (row === undefined) throw problemError('user-not-found', 'Nobody is known by this name.');
    return toUser(row);
  }

  @Permit('users:write')
  @Patch(':name')
  @ApiOperation({
    summary: 'Change what is known of a person, or shut the person out',
    description: 'Nobody is removed: the audit log names people by their names.',
  })
  @ApiResponse({ status: 200, type: UserResource })
  @ApiProblems('request-invalid', 'user-not-found', 'body-malformed', 'body-too-large')
  async change(
    @Param('name') name: string,
    @Body() body: UserChangeBody,
    @RequestCaller() caller: Caller,
  ): Promise<UserResource> {
    return toUser(await this.changeUser.change(name, body, caller));
  }
}
