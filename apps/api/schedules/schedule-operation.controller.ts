import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { DataSource } from 'typeorm';
import { parseMoment } from '#domain/definition/moment.js';
import { readTiming } from '#domain/schedules/timing.js';
import { TickRepository } from '#persistence/schedules/tick-repository.js';
import { Permit } from '../auth/permit.js';
import { type Caller, RequestCaller } from '../http/caller.js';
import { ListQuery, toPage } from '../http/list-query.js';
import { ApiProblems } from '../http/problem.resource.js';
import { ReasonBody } from '../runs/operation.bodies.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindSchedule } from './find-schedule.js';
import { OperateSchedule } from './operate-schedule.js';
import { refuse } from './read-schedule.js';
import { BackfillBody, NextQuery, PreviewBody, TriggerBody } from './schedule.body.js';
import {
  NextTimesResource,
  ScheduleOrderResource,
  ScheduleResource,
  TickPage,
  timingOf,
  toNextTimes,
  toOrder,
  toSchedule,
  toTick,
} from './schedule.resource.js';

@ApiTags('schedules')
@Controller('api/v1/schedules')
export class ScheduleOperationController {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindSchedule) private readonly findSchedule: FindSchedule,
    @Inject(OperateSchedule) private readonly operateSchedule: OperateSchedule,
  ) {}

  @Permit('schedules:read')
  @Post('preview')
  @HttpCode(200)
  @ApiOperation({ summary: 'When a schedule would tick', description: 'Nothing is kept.' })
  @ApiResponse({ status: 200, type: NextTimesResource })
  @ApiProblems('request-invalid', 'body-malformed', 'body-too-large')
  preview(@Body() { count, after, ...timing }: PreviewBody): NextTimesResource {
    const from = after === undefined ? Date.now() : parseMoment(after);
    if (from === undefined)
      throw refuse([{ path: 'after', message: 'must be a moment in the form of RFC 3339' }]);
    const read = readTiming(timing, from);
    if ('errors' in read) throw refuse(read.errors);
    return toNextTimes(read.timing, { after: from, limit: count ?? 10 });
  }

  @Permit('schedules:read')
  @Get(':id/next')
  @ApiOperation({
    summary: 'When a schedule ticks next',
    description: 'Without its jitter, and also of one that is paused.',
  })
  @ApiResponse({ status: 200, type: NextTimesResource })
  @ApiProblems('schedule-not-found', 'request-invalid')
  async next(
    @Param('id') id: string,
    @Query() { count }: NextQuery,
    @RequestCaller() caller: Caller,
  ): Promise<NextTimesResource> {
    const schedule = await this.findSchedule.require(caller.project, id);
    return toNextTimes(timingOf(schedule), { after: Date.now(), limit: count });
  }

  @Permit('schedules:read')
  @Get(':id/ticks')
  @ApiOperation({
    summary: 'What came of the ticks of a schedule',
    description: 'The latest first, each with its run, or with the reason why it has none.',
  })
  @ApiResponse({ status: 200, type: TickPage })
  @ApiProblems('schedule-not-found', 'request-invalid')
  async ticks(
    @Param('id') id: string,
    @Query() query: ListQuery,
    @RequestCaller() caller: Caller,
  ): Promise<TickPage> {
    const schedule = await this.findSchedule.require(caller.project, id);
    return toPage(await new TickRepository(this.dataSource.manager).list(schedule.id, query), toTick);
  }

  @Permit('schedules:write')
  @Post(':id/pause')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Pause a schedule',
    description: 'No tick after this one starts a run. Runs that it has started go on.',
  })
  @ApiResponse({ status: 200, type: ScheduleResource })
  @ApiProblems('schedule-not-found', 'request-invalid', 'body-malformed', 'body-too-large')
  async pause(
    @Param('id') id: string,
    @Body() { reason }: ReasonBody,
    @RequestCaller() caller: Caller,
  ): Promise<ScheduleResource> {
    return toSchedule(await this.operateSchedule.pause(id, reason, caller), Date.now());
  }

  @Permit('schedules:write')
  @Post(':id/resume')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Resume a schedule',
    description: 'What it has missed does not come: see backfill.',
  })
  @ApiResponse({ status: 200, type: ScheduleResource })
  @ApiProblems('schedule-not-found', 'request-invalid', 'body-malformed', 'body-too-large')
  async resume(
    @Param('id') id: string,
    @Body() { reason }: ReasonBody,
    @RequestCaller() caller: Caller,
  ): Promise<ScheduleResource> {
    return toSchedule(await this.operateSchedule.resume(id, reason, caller), Date.now());
  }

  @Permit('runs:start')
  @Post(':id/trigger')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Have a schedule tick now',
    description: 'Also one that is paused. How it overlaps other ticks is as with those of time.',
  })
  @ApiResponse({ status: 202, type: ScheduleOrderResource })
  @ApiProblems('schedule-not-found', 'schedule-busy', 'request-invalid', 'body-malformed', 'body-too-large')
  async trigger(
    @Param('id') id: string,
    @Body() body: TriggerBody,
    @RequestCaller() caller: Caller,
  ): Promise<ScheduleOrderResource> {
    const { order, ticks } = await this.operateSchedule.trigger(id, body, caller);
    return toOrder(order, ticks);
  }

  @Permit('runs:start')
  @Post(':id/backfill')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Have a schedule make up for a time gone by',
    description: 'At most 500 ticks. A moment that has had its run gets no other.',
  })
  @ApiResponse({ status: 202, type: ScheduleOrderResource })
  @ApiProblems(
    'schedule-not-found',
    'schedule-busy',
    'backfill-too-large',
    'request-invalid',
    'body-malformed',
    'body-too-large',
  )
  async backfill(
    @Param('id') id: string,
    @Body() body: BackfillBody,
    @RequestCaller() caller: Caller,
  ): Promise<ScheduleOrderResource> {
    const { order, ticks } = await this.operateSchedule.backfill(id, body, caller);
    return toOrder(order, ticks);
  }
}
