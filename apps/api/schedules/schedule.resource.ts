import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page } from '#contracts/rest/page.js';
import type { RunViewStatus } from '#contracts/rest/runs.js';
import type {
  NextTimesView,
  ScheduleError,
  ScheduleOrderView,
  ScheduleState,
  ScheduleView,
  TickView,
} from '#contracts/rest/schedules.js';
import type { VersionName } from '#contracts/rest/workflows.js';
import { OVERLAPS, type Overlap } from '#contracts/schedules.js';
import type { JsonObject } from '#domain/json.js';
import { formatInZone } from '#domain/schedules/time-zone.js';
import { listTimes } from '#domain/schedules/times.js';
import { formatDuration, readTiming, type Timing } from '#domain/schedules/timing.js';
import type { OrderRow } from '#persistence/schedules/schedule-desk.js';
import type { ScheduleRow } from '#persistence/schedules/schedule-repository.js';
import type { TickRow } from '#persistence/schedules/tick-repository.js';
import { ListedResource } from '../http/list-query.js';
import { VERSION_NAME_SCHEMA } from '../workflows/version-name.js';

class PauseResource {
  @ApiProperty() by: string;
  @ApiPropertyOptional() reason?: string;
  @ApiProperty({ format: 'date-time' }) at: string;
}

class ScheduleErrorResource implements ScheduleError {
  @ApiProperty() code: string;
  @ApiProperty() message: string;
  @ApiProperty({ format: 'date-time', description: 'The moment of the tick.' }) at: string;
}

export class ScheduleResource implements ScheduleView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiPropertyOptional() description?: string;
  @ApiProperty({ description: 'Its name.' }) workflow: string;
  @ApiProperty({ format: 'uuid' }) workflowId: string;
  @ApiPropertyOptional(VERSION_NAME_SCHEMA) version?: VersionName;
  @ApiProperty({ type: 'object', additionalProperties: true }) inputs: JsonObject;
  @ApiProperty({ type: [String] }) crons: readonly string[];
  @ApiPropertyOptional({ example: '15m' }) every?: string;
  @ApiPropertyOptional() offset?: string;
  @ApiProperty({ example: 'Europe/Berlin' }) timeZone: string;
  @ApiPropertyOptional({ format: 'date-time' }) startsAt?: string;
  @ApiPropertyOptional({ format: 'date-time' }) endsAt?: string;
  @ApiPropertyOptional() jitter?: string;
  @ApiProperty({ enum: OVERLAPS }) overlap: Overlap;
  @ApiProperty() catchUp: string;
  @ApiProperty() pauseOnFailure: boolean;
  @ApiProperty({
    enum: ['pending', 'active', 'paused'],
    description: '`pending`: Temporal has yet to be told of the latest change.',
  })
  state: ScheduleState;
  @ApiPropertyOptional({ type: PauseResource }) pause?: PauseResource;
  @ApiPropertyOptional({ format: 'date-time', description: 'The next tick, without jitter.' }) next?: string;
  @ApiPropertyOptional({
    type: ScheduleErrorResource,
    description: 'Why a tick, the latest that did, started no run.',
  })
  lastError?: ScheduleErrorResource;
  @ApiPropertyOptional({ description: 'Why Temporal could not be told.' }) trouble?: string;
  @ApiProperty({ description: 'Ticks that Temporal left out because of an overlap.' }) skipped: number;
  @ApiProperty({ description: 'Ticks that Temporal left out because it was too late.' }) missed: number;
  @ApiProperty() createdBy: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class SchedulePage extends ListedResource implements Page<ScheduleResource> {
  @ApiProperty({ type: [ScheduleResource] }) items: ScheduleResource[];
}

export class ScheduleOrderResource implements ScheduleOrderView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ enum: ['trigger', 'backfill'] }) kind: 'trigger' | 'backfill';
  @ApiProperty({ format: 'date-time' }) from: string;
  @ApiProperty({ format: 'date-time' }) to: string;
  @ApiProperty({ description: 'Moments in it, those that have had their run among them.' }) ticks: number;
}

class NextTimeResource {
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ format: 'date-time', description: 'With the offset of the zone.' }) local: string;
}

export class NextTimesResource implements NextTimesView {
  @ApiProperty() timeZone: string;
  @ApiProperty({ type: [NextTimeResource] }) items: NextTimeResource[];
}

class TickRunResource {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiPropertyOptional({ type: String, description: 'Absent where the run is not kept any more.' })
  status?: RunViewStatus;
}

class TickErrorResource {
  @ApiProperty() code: string;
  @ApiProperty() message: string;
}

export class TickResource implements TickView {
  @ApiProperty({ format: 'date-time', description: 'The moment that it stands for.' }) at: string;
  @ApiProperty({ enum: ['due', 'started', 'not-started'] }) state: TickView['state'];
  @ApiPropertyOptional({ type: TickRunResource }) run?: TickRunResource;
  @ApiPropertyOptional({ type: TickErrorResource }) error?: TickErrorResource;
  @ApiProperty({ format: 'date-time' }) notedAt: string;
}

export class TickPage extends ListedResource implements Page<TickResource> {
  @ApiProperty({ type: [TickResource] }) items: TickResource[];
}

export function toSchedule(row: ScheduleRow, now: number): ScheduleResource {
  const { description, version, timing, lastError, trouble } = row;
  const { crons = [], every, offset, timeZone = 'UTC', startsAt, endsAt, jitter } = timing;
  const [next] = row.pausedAt === null ? listTimes(timingOf(row), { after: now, limit: 1 }) : [];
  return {
    id: row.id,
    name: row.name,
    ...(description === null ? {} : { description }),
    workflow: row.workflow,
    workflowId: row.workflowId,
    ...(version === null ? {} : { version }),
    inputs: row.inputs,
    crons,
    ...(every == null ? {} : { every }),
    ...(offset == null ? {} : { offset }),
    timeZone,
    ...(startsAt == null ? {} : { startsAt }),
    ...(endsAt == null ? {} : { endsAt }),
    ...(jitter == null ? {} : { jitter }),
    overlap: row.overlap,
    catchUp: formatDuration(Number(row.catchUpMs)),
    pauseOnFailure: row.pauseOnFailure,
    state: row.toldRevision < row.revision ? 'pending' : row.pausedAt === null ? 'active' : 'paused',
    ...toPause(row),
    ...(next === undefined ? {} : { next: new Date(next).toISOString() }),
    ...(lastError === null ? {} : { lastError }),
    ...(trouble === null ? {} : { trouble }),
    skipped: row.skipped,
    missed: row.missed,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function toPause({ pausedAt, pausedBy, pauseReason }: ScheduleRow): Pick<ScheduleResource, 'pause'> {
  if (pausedAt === null) return {};
  const reason = pauseReason === null ? {} : { reason: pauseReason };
  return { pause: { by: pausedBy ?? '', ...reason, at: pausedAt.toISOString() } };
}

/** Of a schedule that was saved: its timing was valid then, though it may be over by now. */
export function timingOf({ id, timing }: Pick<ScheduleRow, 'id' | 'timing'>): Timing {
  const read = readTiming(timing);
  if ('timing' in read) return read.timing;
  throw new Error(`the timing of schedule ${id} cannot be read: ${read.errors[0]?.message}`);
}

export function toOrder({ id, kind, fromAt, toAt }: OrderRow, ticks: number): ScheduleOrderResource {
  return { id, kind, from: fromAt.toISOString(), to: toAt.toISOString(), ticks };
}

export function toNextTimes(
  timing: Timing,
  stretch: { readonly after: number; readonly limit: number },
): NextTimesResource {
  const { timeZone } = timing;
  return {
    timeZone,
    items: listTimes(timing, stretch).map((time) => ({
      at: new Date(time).toISOString(),
      local: formatInZone(timeZone, time),
    })),
  };
}

export function toTick({ at, runId, runStatus, outcome, error, notedAt }: TickRow): TickResource {
  const status = runStatus === null ? {} : { status: runStatus };
  return {
    at: at.toISOString(),
    state: runId !== null ? 'started' : outcome === null ? 'due' : 'not-started',
    ...(runId === null ? {} : { run: { id: runId, ...status } }),
    ...(error == null ? {} : { error }),
    notedAt: notedAt.toISOString(),
  };
}
