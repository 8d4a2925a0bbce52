import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { PoolRequest } from '#contracts/rest/pools.js';
import type { Amounts } from '#domain/plan/plan.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { NAME_SORTS } from '#persistence/repositories/pool-repository.js';
import { ListQuery, SortBy, SwitchFilter, TextFilter } from '../http/list-query.js';
import { Optional } from '../http/optional.js';

/** 1 PiB: sums of amounts stay whole. */
const MAX_BYTES = 2 ** 50;

export class AmountsBody implements Amounts {
  @ApiPropertyOptional({ description: 'Cores, in thousandths.', minimum: 0, maximum: 1_000_000 })
  @Optional()
  @IsNumber({ maxDecimalPlaces: 3 })
  @Min(0)
  @Max(1_000_000)
  cpu?: number;

  @ApiPropertyOptional({ description: 'Bytes.', minimum: 0, maximum: MAX_BYTES })
  @Optional()
  @IsInt()
  @Min(0)
  @Max(MAX_BYTES)
  memory?: number;

  @ApiPropertyOptional({ description: 'Bytes.', minimum: 0, maximum: MAX_BYTES })
  @Optional()
  @IsInt()
  @Min(0)
  @Max(MAX_BYTES)
  disk?: number;

  @ApiPropertyOptional({ description: 'Pieces of whatever is scarce.', minimum: 0, maximum: 1_000_000 })
  @Optional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  slots?: number;
}

export class PoolBody implements PoolRequest {
  @ApiProperty({ type: AmountsBody, description: 'What it does not name is not limited.' })
  @IsObject()
  @ValidateNested()
  @Type(() => AmountsBody)
  capacity: AmountsBody;

  @ApiPropertyOptional({ maxLength: 500, description: 'For the audit log.' })
  @Optional()
  @IsString()
  @MaxLength(500)
  @Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' })
  reason?: string;
}

export class PoolListQuery extends ListQuery {
  @TextFilter('A part of the name.')
  text?: string;

  @SortBy(NAME_SORTS, 'name')
  sort: SortOrder<(typeof NAME_SORTS)[number]> = 'name';
}

export class LockListQuery extends PoolListQuery {
  @SwitchFilter('Whether a step holds it.')
  held?: boolean;
}
