import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { isAliasName } from '#domain/versions/version-reference.js';
import { VersionRepository } from '#persistence/repositories/version-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply, ApiRequest } from '../http/exchange.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindWorkflow } from './find-workflow.js';
import { type Condition, MoveAlias, tagOf } from './move-alias.js';
import { AliasBody, AliasMoveListQuery, RemoveAliasQuery } from './version.body.js';
import { AliasMovePage, AliasPage, AliasResource, toAlias, toAliasMove } from './version.resource.js';

const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: 'The ETag of the alias as the caller knows it.',
};

@ApiTags('workflows')
@Controller('api/v1/workflows/:id/aliases')
export class AliasController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
    @Inject(MoveAlias) private readonly moveAlias: MoveAlias,
  ) {}

  @Permit('workflows:read')
  @Get()
  @ApiOperation({ summary: 'Its aliases, by name' })
  @ApiResponse({ status: 200, type: AliasPage })
  @ApiProblems('workflow-not-found')
  async list(@Param('id') id: string, @RequestCaller() caller: Caller): Promise<AliasPage> {
    const workflow = await this.findWorkflow.require(caller.project, id);
    const rows = await new VersionRepository(this.dataSource.manager).listAliases(workflow.id);
    return { items: rows.map(toAlias) };
  }

  @Permit('workflows:read')
  @Get(':name')
  @ApiOperation({ summary: 'One alias, with its ETag' })
  @ApiResponse({ status: 200, type: AliasResource })
  @ApiProblems('workflow-not-found', 'alias-not-found')
  async get(
    @Param('id') id: string,
    @Param('name') name: string,
    @Res({ passthrough: true }) reply: ApiReply,
    @RequestCaller() caller: Caller,
  ): Promise<AliasResource> {
    const workflow = await this.findWorkflow.require(caller.project, id);
    const row = isAliasName(name)
      ? await new VersionRepository(this.dataSource.manager).findAlias(workflow.id, name)
      : undefined;
    if (row === undefined) {
      throw problemError('alias-not-found', `${workflow.name} has no alias of this name.`);
    }
    reply.header('etag', tagOf(row));
    return toAlias(row);
  }

  @Permit('workflows:write')
  @Put(':name')
  @ApiOperation({
    summary: 'Set an alias up, or move it to another published version',
    description: 'Runs that were started by it stay with the version that they have.',
  })
  @ApiHeader(IF_MATCH)
  @ApiHeader({ name: 'If-None-Match', required: false, description: '`*`: only where there is none yet.' })
  @ApiResponse({ status: 201, description: 'A new alias.', type: AliasResource })
  @ApiResponse({ status: 200, description: 'It was moved, or stood there already.', type: AliasResource })
  @ApiProblems(
    'request-invalid',
    'workflow-not-found',
    'workflow-version-not-found',
    'version-not-published',
    'alias-reserved',
    'alias-moved',
    'alias-limit-reached',
    'body-malformed',
    'body-too-large',
  )
  async set(
    @Param('id') id: string,
    @Param('name') name: string,
    @Body() body: AliasBody,
    @Req() request: ApiRequest,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<AliasResource> {
    if (!isAliasName(name)) {
      const message = 'must be lower-case letters, digits and dashes, a letter first, 63 at most';
      throw problemError('request-invalid', `name ${message}.`, { errors: [{ path: 'name', message }] });
    }
    const workflow = await this.findWorkflow.require(caller.project, id);
    const created = await this.moveAlias.move(
      { workflow, name, condition: conditionOf(request), caller },
      body,
    );
    reply.code(created ? 201 : 200);
    return this.get(id, name, reply, caller);
  }

  @Permit('workflows:write')
  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove an alias', description: 'Its history stays.' })
  @ApiHeader(IF_MATCH)
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems('request-invalid', 'workflow-not-found', 'alias-not-found', 'alias-reserved', 'alias-moved')
  async remove(
    @Param('id') id: string,
    @Param('name') name: string,
    @Query() { reason }: RemoveAliasQuery,
    @Req() request: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    const workflow = await this.findWorkflow.require(caller.project, id);
    if (!isAliasName(name)) {
      throw problemError('alias-not-found', `${workflow.name} has no alias of this name.`);
    }
    await this.moveAlias.remove({ workflow, name, condition: conditionOf(request), caller }, reason);
  }

  @Permit('workflows:read')
  @Get(':name/history')
  @ApiOperation({ summary: 'Where an alias stood, with who moved it and why' })
  @ApiResponse({ status: 200, type: AliasMovePage })
  @ApiProblems('workflow-not-found', 'alias-not-found', 'request-invalid')
  async history(
    @Param('id') id: string,
    @Param('name') name: string,
    @Query() query: AliasMoveListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<AliasMovePage> {
    const workflow = await this.findWorkflow.require(caller.project, id);
    const versions = new VersionRepository(this.dataSource.manager);
    const page = isAliasName(name) ? await versions.listMoves(workflow.id, name, query) : { rows: [] };
    if (!isAliasName(name) || (page.rows.length === 0 && query.after === undefined)) {
      throw problemError('alias-not-found', `${workflow.name} never had an alias of this name.`);
    }
    return toPage(page, toAliasMove);
  }
}

function conditionOf({ headers }: ApiRequest): Condition {
  return { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] };
}
