import { Readable } from 'node:stream';
import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import type { ObjectStore } from '#contracts/ports.js';
import { PostgresObjectStore } from '#persistence/object-store.js';
import { listObjects } from '#persistence/repositories/object-list.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply } from '../http/exchange.js';
import { toPage } from '../http/list-query.js';
import { problemError } from '../http/problem.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindRun } from './find-run.js';
import { ObjectListQuery, ObjectPage } from './object.resource.js';

@ApiTags('runs')
@Controller('api/v1/runs')
export class ObjectController {
  private readonly store: ObjectStore;

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindRun) private readonly findRun: FindRun,
  ) {
    this.store = new PostgresObjectStore(dataSource);
  }

  @Permit('runs:read')
  @Get(':id/objects')
  @ApiOperation({ summary: 'List the values too large for an output that its steps have made' })
  @ApiResponse({ status: 200, type: ObjectPage })
  @ApiProblems('run-not-found', 'id-invalid', 'request-invalid')
  async list(
    @Param('id') id: string,
    @Query() query: ObjectListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<ObjectPage> {
    const { id: runId } = await this.findRun.require(caller.project, id);
    const page = await listObjects(this.dataSource.manager, { runId, step: query.step }, query);
    return toPage(page, ({ createdAt, ...object }) => ({ ...object, createdAt: createdAt.toISOString() }));
  }

  @Permit('runs:read')
  @Get(':id/objects/:objectId')
  @ApiOperation({
    summary: 'A value too large for an output, by its reference',
    description: 'Its JSON. An output may also refer to what another run of the project made.',
  })
  @ApiProduces('application/json')
  @ApiResponse({ status: 200, description: 'The value.' })
  @ApiProblems('run-not-found', 'object-not-found', 'id-invalid')
  async get(
    @Param('id') id: string,
    @Param('objectId') objectId: string,
    @Res() reply: ApiReply,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    await this.findRun.require(caller.project, id);
    const object = isUUID(objectId) ? await this.store.find(caller.project, objectId) : undefined;
    if (object === undefined) throw problemError('object-not-found', 'No object has this id.');
    reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('content-length', String(object.size))
      .header('etag', `"${object.digest}"`)
      .send(Readable.from(this.store.read(object.id), { objectMode: false }));
  }
}
