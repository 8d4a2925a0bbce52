import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { ScheduleRepository, type ScheduleRow } from '#persistence/schedules/schedule-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import type { ApiReply, ApiRequest } from '../http/exchange.js';
import { toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { DATA_SOURCE } from '../tokens.js';
import { ChangeSchedule, tagOf } from './change-schedule.js';
import { FindSchedule } from './find-schedule.js';
import { ScheduleBody, ScheduleChangeBody, ScheduleListQuery } from './schedule.body.js';
import { SchedulePage, ScheduleResource, toSchedule } from './schedule.resource.js';

const IF_MATCH = {
  name: 'If-Match',
  required: false,
  description: 'Only where the schedule has this ETag.',
};

@ApiTags('schedules')
@Controller('api/v1/schedules')
export class ScheduleController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindSchedule) private readonly findSchedule: FindSchedule,
    @Inject(ChangeSchedule) private readonly changeSchedule: ChangeSchedule,
  ) {}

  @Permit('schedules:write')
  @Post()
  @ApiOperation({
    summary: 'Start a workflow by time',
    description: 'It is kept, and ticks as soon as Temporal has been told: until then it is `pending`.',
  })
  @ApiResponse({ status: 201, type: ScheduleResource })
  @ApiProblems(
    'request-invalid',
    'workflow-not-found',
    'workflow-version-not-found',
    'inputs-invalid',
    'schedule-name-taken',
    'schedule-limit-reached',
    'body-malformed',
    'body-forbidden-key',
    'body-too-deep',
    'body-too-large',
  )
  async create(
    @Body() body: ScheduleBody,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ScheduleResource> {
    return present(await this.changeSchedule.create(body, caller), reply);
  }

  @Permit('schedules:read')
  @Get()
  @ApiOperation({ summary: 'List the schedules' })
  @ApiResponse({ status: 200, type: SchedulePage })
  @ApiProblems('request-invalid')
  async list(@Query() query: ScheduleListQuery, @RequestCaller() caller: Caller): Promise<SchedulePage> {
    const page = await new ScheduleRepository(this.dataSource.manager).list(caller.project, query, query);
    const now = Date.now();
    return toPage(page, (row) => toSchedule(row, now));
  }

  @Permit('schedules:read')
  @Get(':id')
  @ApiOperation({ summary: 'One schedule, by id or name' })
  @ApiResponse({ status: 200, type: ScheduleResource })
  @ApiProblems('schedule-not-found')
  async get(
    @Param('id') id: string,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ScheduleResource> {
    return present(await this.findSchedule.require(caller.project, id), reply);
  }

  @Permit('schedules:write')
  @Patch(':id')
  @ApiOperation({ summary: 'Change a schedule', description: 'What the body does not name stays as it is.' })
  @ApiHeader(IF_MATCH)
  @ApiResponse({ status: 200, type: ScheduleResource })
  @ApiProblems(
    'schedule-not-found',
    'schedule-changed',
    'request-invalid',
    'workflow-not-found',
    'workflow-version-not-found',
    'inputs-invalid',
    'schedule-name-taken',
    'body-malformed',
    'body-forbidden-key',
    'body-too-deep',
    'body-too-large',
  )
  async change(
    @Param('id') id: string,
    @Body() body: ScheduleChangeBody,
    @Req() request: ApiRequest,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ScheduleResource> {
    return present(await this.changeSchedule.change(id, body, ifMatchOf(request), caller), reply);
  }

  @Permit('schedules:write')
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a schedule', description: 'Runs that it has started go on.' })
  @ApiHeader(IF_MATCH)
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems('schedule-not-found', 'schedule-changed')
  async remove(
    @Param('id') id: string,
    @Req() request: ApiRequest,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    await this.changeSchedule.remove(id, ifMatchOf(request), caller);
  }
}

function present(row: ScheduleRow, reply: ApiReply): ScheduleResource {
  reply.header('etag', tagOf(row));
  return toSchedule(row, Date.now());
}

function ifMatchOf({ headers }: ApiRequest): string | undefined {
  return headers['if-match'];
}
