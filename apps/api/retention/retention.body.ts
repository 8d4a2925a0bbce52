import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { RetentionPeriod, RetentionRequest } from '#contracts/rest/retention.js';
import { RETENTION_KINDS, type RetentionKindName } from '#contracts/retention.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { PASS_SORTS, type PassSort } from '#persistence/retention/retention-repository.js';
import { ListQuery, SortBy } from '../http/list-query.js';
import { Optional } from '../http/optional.js';

const KINDS = Object.keys(RETENTION_KINDS) as RetentionKindName[];
const MOST_DAYS = 36_500;

export class RetentionPeriodBody implements RetentionPeriod {
  @ApiProperty({ enum: KINDS })
  @IsIn(KINDS, { message: `must be one of ${KINDS.join(', ')}` })
  kind: RetentionKindName;

  @ApiProperty({ minimum: 1, maximum: MOST_DAYS, description: 'After so many days it is removed.' })
  @IsInt()
  @Min(1)
  @Max(MOST_DAYS)
  days: number;

  @ApiPropertyOptional({ default: true, description: 'Whether it goes into the archive first.' })
  @Optional()
  @IsBoolean()
  archive?: boolean;
}

class ReasonBody {
  @ApiPropertyOptional({ maxLength: 500, description: 'For the audit log.' })
  @Optional()
  @IsString()
  @MaxLength(500)
  @Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' })
  reason?: string;
}

export class RetentionBody extends ReasonBody implements RetentionRequest {
  @ApiProperty({
    type: [RetentionPeriodBody],
    maxItems: KINDS.length,
    description: 'All of them: a kind that is not named is kept for ever.',
  })
  @IsArray()
  @ArrayMaxSize(KINDS.length)
  @ArrayUnique((period: RetentionPeriodBody | null) => period?.kind, {
    message: 'must name each kind once',
  })
  @ValidateNested({ each: true })
  @Type(() => RetentionPeriodBody)
  periods: RetentionPeriodBody[];
}

export class RetentionDryRunBody {
  @ApiPropertyOptional({
    type: [RetentionPeriodBody],
    maxItems: KINDS.length,
    description: 'To think of; those that are set when absent.',
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(KINDS.length)
  @ArrayUnique((period: RetentionPeriodBody | null) => period?.kind, {
    message: 'must name each kind once',
  })
  @ValidateNested({ each: true })
  @Type(() => RetentionPeriodBody)
  periods?: RetentionPeriodBody[];
}

export class RetentionRunBody extends ReasonBody {}

export class RetentionPassQuery extends ListQuery {
  @SortBy(PASS_SORTS, '-startedAt')
  sort: SortOrder<PassSort> = '-startedAt';
}
