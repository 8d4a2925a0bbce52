import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, Matches, MaxLength } from 'class-validator';
import type { FreezeRequest } from '#contracts/rest/freezes.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { FREEZE_SORTS, type FreezeSort } from '#persistence/repositories/freeze-repository.js';
import { ListQuery, SortBy, SwitchFilter, TextFilter } from '../http/list-query.js';
import { Optional } from '../http/optional.js';

const CONTROL_FREE = /^\P{Cc}*$/u;
const NO_CONTROLS = { message: 'must not hold control characters' };

export class FreezeBody implements FreezeRequest {
  @ApiProperty({ maxLength: 100, description: 'For people; runs that wait name it.' })
  @IsString()
  @MaxLength(100)
  @Matches(/^(?=[\s\S]*\S)\P{Cc}*$/u, { message: 'must be a text without control characters' })
  name: string;

  @ApiProperty({ format: 'date-time' })
  @IsString()
  @MaxLength(40)
  startsAt: string;

  @ApiProperty({ format: 'date-time', description: 'At most 366 days after the start.' })
  @IsString()
  @MaxLength(40)
  endsAt: string;

  @ApiPropertyOptional({ type: [String], maxItems: 100, description: 'Names of workflows; all when absent.' })
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @IsString({ each: true })
  @MaxLength(200, { each: true })
  @Matches(CONTROL_FREE, { each: true, ...NO_CONTROLS })
  workflows?: string[];

  @ApiPropertyOptional({ maxLength: 500 })
  @Optional()
  @IsString()
  @MaxLength(500)
  @Matches(CONTROL_FREE, NO_CONTROLS)
  reason?: string;
}

export class FreezeListQuery extends ListQuery {
  @SwitchFilter('Also those that have ended.')
  past = false;

  @SwitchFilter('Whether they hold runs now.')
  active?: boolean;

  @TextFilter('Name of a workflow that they hold.')
  workflow?: string;

  @SortBy(FREEZE_SORTS, '-createdAt')
  sort: SortOrder<FreezeSort> = '-createdAt';
}
