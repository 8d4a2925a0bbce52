import { Controller, Delete, Get, HttpCode, Inject, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { GateBypassRepository } from '#persistence/gates/gate-bypass-repository.js';
import { GateRepository, type GateRow } from '#persistence/gates/gate-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply, ApiRequest } from '../http/exchange.js';
import { DEFINITION_MEDIA_TYPES, mediaTypeOf } from '../http/fastify-adapter.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ChangeGate, type Condition, tagOf } from './change-gate.js';
import { FindGate, versionNotFound } from './find-gate.js';
import { GateListQuery, GateVersionListQuery } from './gate.body.js';
import {
  GatePage,
  GateResource,
  GateVersionPage,
  GateVersionResource,
  toGate,
  toGateVersion,
} from './gate.resource.js';

const IF_MATCH = { name: 'If-Match', required: false, description: 'Only where the gate has this ETag.' };

@ApiTags('gates')
@Controller('api/v1/gates')
export class GateController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindGate) private readonly findGate: FindGate,
    @Inject(ChangeGate) private readonly changeGate: ChangeGate,
  ) {}

  @Permit('gates:read')
  @Get()
  @ApiOperation({ summary: 'List the gates' })
  @ApiResponse({ status: 200, type: GatePage })
  @ApiProblems('request-invalid')
  async list(@Query() query: GateListQuery, @RequestCaller() caller: Caller): Promise<GatePage> {
    const { manager } = this.dataSource;
    const page = await new GateRepository(manager).list(caller.project, query, query);
    const bypasses = await new GateBypassRepository(manager).findActive(page.rows.map(({ id }) => id));
    return toPage(page, (row) => toGate(row, bypasses.get(row.id)));
  }

  @Permit('gates:read')
  @Get(':name')
  @ApiOperation({ summary: 'One gate, by id or name' })
  @ApiResponse({ status: 200, type: GateResource })
  @ApiProblems('gate-not-found')
  async get(
    @Param('name') name: string,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<GateResource> {
    return this.present(await this.findGate.require(caller.project, name), reply);
  }

  @Permit('gates:write')
  @Put(':name')
  @ApiOperation({
    summary: 'Save a gate',
    description:
      'As a new one or as a new version, unless the newest means the same. A file of objectives (`spec_version`) is a gate, too.',
  })
  @ApiConsumes(...DEFINITION_MEDIA_TYPES)
  @ApiBody({ schema: {}, description: 'The gate itself.' })
  @ApiHeader(IF_MATCH)
  @ApiHeader({ name: 'If-None-Match', required: false, description: '`*`: only where there is none yet.' })
  @ApiResponse({ status: 201, description: 'A new gate.', type: GateResource })
  @ApiResponse({ status: 200, description: 'A new version, or nothing new.', type: GateResource })
  @ApiProblems(
    'gate-invalid',
    'gate-changed',
    'gate-limit-reached',
    'request-invalid',
    'body-missing',
    'body-malformed',
    'body-too-large',
    'media-type-unsupported',
  )
  async save(
    @Param('name') name: string,
    @Req() request: ApiRequest & { readonly body?: unknown },
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<GateResource> {
    const { body: source } = request;
    if (typeof source !== 'string' || source.trim() === '') {
      throw problemError('body-missing', 'The body must be the gate itself.');
    }
    const format = mediaTypeOf(request) === 'application/json' ? 'json' : 'yaml';
    const saved = await this.changeGate.save(name, { source, format }, conditionOf(request), caller);
    reply.code(saved.created ? 201 : 200);
    return this.present(saved.gate, reply);
  }

  @Permit('gates:write')
  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete a gate',
    description: 'Its name is free again; a gate that takes it is another one, with no earlier results.',
  })
  @ApiHeader(IF_MATCH)
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems('gate-not-found', 'gate-changed')
  async remove(
    @Param('name') name: string,
    @Req() request: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    await this.changeGate.remove(name, conditionOf(request), caller);
  }

  @Permit('gates:read')
  @Get(':name/versions')
  @ApiOperation({ summary: 'Versions of a gate with their sources' })
  @ApiResponse({ status: 200, type: GateVersionPage })
  @ApiProblems('gate-not-found', 'request-invalid')
  async versions(
    @Param('name') name: string,
    @Query() query: GateVersionListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<GateVersionPage> {
    const gate = await this.findGate.require(caller.project, name);
    return toPage(
      await new GateRepository(this.dataSource.manager).listVersions(gate.id, query),
      toGateVersion,
    );
  }

  @Permit('gates:read')
  @Get(':name/versions/:version')
  @ApiOperation({ summary: 'One version of a gate' })
  @ApiResponse({ status: 200, type: GateVersionResource })
  @ApiProblems('gate-not-found', 'gate-version-not-found')
  async version(
    @Param('name') name: string,
    @Param('version') version: string,
    @RequestCaller() caller: Caller,
  ): Promise<GateVersionResource> {
    const gate = await this.findGate.require(caller.project, name);
    const number = /^[1-9]\d{0,8}$/.test(version) ? Number(version) : 0;
    const row = await new GateRepository(this.dataSource.manager).findVersion(gate.id, number);
    if (row === undefined) throw versionNotFound(gate.name, number);
    return toGateVersion(row);
  }

  private async present(row: GateRow, reply: ApiReply): Promise<GateResource> {
    const bypasses = await new GateBypassRepository(this.dataSource.manager).findActive([row.id]);
    reply.header('etag', tagOf(row));
    return toGate(row, bypasses.get(row.id));
  }
}

function conditionOf({ headers }: ApiRequest): Condition {
  return { ifMatch: headers['if-match'], ifNoneMatch: headers['if-none-match'] };
}
