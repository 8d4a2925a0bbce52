import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type {
  BackfillRequest,
  ScheduleChange,
  ScheduleRequest,
  TriggerRequest,
} from '#contracts/rest/schedules.js';
import type { VersionName } from '#contracts/rest/workflows.js';
import { OVERLAPS, type Overlap } from '#contracts/schedules.js';
import type { JsonObject } from '#domain/json.js';
import { MAX_CRONS } from '#domain/schedules/timing.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { NAMED_SORTS, type NamedSort } from '#persistence/listing/named-rows.js';
import { ListQuery, SortBy, TextFilter } from '../http/list-query.js';
import { Description, UniqueName } from '../http/named-fields.js';
import { Optional, OptionalOrNull } from '../http/optional.js';
import { ReasonBody } from '../runs/operation.bodies.js';
import { IsVersionName, VERSION_NAME_OR_NULL_SCHEMA } from '../workflows/version-name.js';

const NO_CONTROLS = { message: 'must not hold control characters' };
const MAX_NEXT = 100;

export class ScheduleBody extends ReasonBody implements ScheduleRequest {
  @UniqueName('schedules')
  name: string;

  @Description()
  description?: string | null;

  @ApiProperty({ maxLength: 200, description: 'Name or id of the workflow that it starts.' })
  @IsString()
  @MaxLength(200)
  @Matches(/^\P{Cc}+$/u, NO_CONTROLS)
  workflow: string;

  @ApiPropertyOptional({
    ...VERSION_NAME_OR_NULL_SCHEMA,
    description:
      'By number, semantic version or alias, found out at each tick; the newest one when absent, published or not.',
  })
  @OptionalOrNull()
  @IsVersionName()
  version?: VersionName | null;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description:
      'Checked when it is saved, and at each tick. They are kept as they are: name secrets by reference.',
  })
  @Optional()
  // As sent: the transformer drops keys such as `constructor`.
  @Transform(({ obj }: { obj: { inputs?: unknown } }) => obj.inputs)
  @IsObject()
  inputs?: JsonObject;

  @ApiPropertyOptional({
    type: [String],
    maxItems: MAX_CRONS,
    example: ['0 3 * * 1-5'],
    description: 'Five fields each: minute, hour, day of the month, month, day of the week.',
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(MAX_CRONS)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  crons?: string[];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 40,
    example: '15m',
    description: 'A distance in time of at least 1s, counted from 1970 on.',
  })
  @OptionalOrNull()
  @IsString()
  @MaxLength(40)
  every?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 40, description: 'Shorter than `every`.' })
  @OptionalOrNull()
  @IsString()
  @MaxLength(40)
  offset?: string | null;

  @ApiPropertyOptional({
    maxLength: 64,
    default: 'UTC',
    example: 'Europe/Berlin',
    description: 'Of the IANA.',
  })
  @Optional()
  @IsString()
  @MaxLength(64)
  timeZone?: string;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'date-time',
    description: 'Its first moment.',
  })
  @OptionalOrNull()
  @IsString()
  @MaxLength(40)
  startsAt?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, format: 'date-time', description: 'Its last moment.' })
  @OptionalOrNull()
  @IsString()
  @MaxLength(40)
  endsAt?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 40,
    description: 'Each tick comes up to so much later, by chance; at most 24h.',
  })
  @OptionalOrNull()
  @IsString()
  @MaxLength(40)
  jitter?: string | null;

  @ApiPropertyOptional({
    enum: OVERLAPS,
    default: 'skip',
    description: 'What becomes of a tick while the run of an earlier one goes on.',
  })
  @Optional()
  @IsIn(OVERLAPS)
  overlap?: Overlap;

  @ApiPropertyOptional({
    maxLength: 40,
    default: '1h',
    description: 'How late a tick may still begin after Temporal was away; at least 10s.',
  })
  @Optional()
  @IsString()
  @MaxLength(40)
  catchUp?: string;

  @ApiPropertyOptional({
    default: false,
    description: 'Whether a run that failed, or could not start, pauses it.',
  })
  @Optional()
  @IsBoolean()
  pauseOnFailure?: boolean;
}

export class ScheduleChangeBody
  extends PartialType(ScheduleBody, { skipNullProperties: false })
  implements ScheduleChange {}

export class PreviewBody extends PickType(ScheduleBody, [
  'crons',
  'every',
  'offset',
  'timeZone',
  'startsAt',
  'endsAt',
] as const) {
  @ApiPropertyOptional({ minimum: 1, maximum: MAX_NEXT, default: 10 })
  @Optional()
  @IsInt()
  @Min(1)
  @Max(MAX_NEXT)
  count?: number;

  @ApiPropertyOptional({ format: 'date-time', description: 'After which moment; now when absent.' })
  @Optional()
  @IsString()
  @MaxLength(40)
  after?: string;
}

export class NextQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_NEXT, default: 10 })
  @Optional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_NEXT)
  count = 10;
}

export class TriggerBody extends ReasonBody implements TriggerRequest {
  @ApiPropertyOptional({ enum: OVERLAPS, description: 'That of the schedule when absent.' })
  @Optional()
  @IsIn(OVERLAPS)
  overlap?: Overlap;
}

export class BackfillBody extends ReasonBody implements BackfillRequest {
  @ApiProperty({ format: 'date-time', description: 'The first moment.' })
  @IsString()
  @MaxLength(40)
  from: string;

  @ApiProperty({ format: 'date-time', description: 'The last moment, which has been.' })
  @IsString()
  @MaxLength(40)
  to: string;

  @ApiPropertyOptional({
    enum: OVERLAPS,
    default: 'buffer-all',
    description: 'By default its runs come one after the other.',
  })
  @Optional()
  @IsIn(OVERLAPS)
  overlap?: Overlap;
}

export class ScheduleListQuery extends ListQuery {
  @TextFilter('Name or id of the workflow.')
  workflow?: string;

  @ApiPropertyOptional({ enum: ['pending', 'active', 'paused'] })
  @Optional()
  @IsIn(['pending', 'active', 'paused'])
  state?: 'pending' | 'active' | 'paused';

  @TextFilter('Part of the name.')
  text?: string;

  @SortBy(NAMED_SORTS, 'name')
  sort: SortOrder<NamedSort> = 'name';
}
