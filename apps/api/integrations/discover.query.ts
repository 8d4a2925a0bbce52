import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { TextFilter } from '../http/list-query.js';
import { Optional } from '../http/optional.js';

const NO_CONTROLS = { message: 'must be a text without control characters' };

export class DiscoverQuery {
  @TextFilter('Part of the name, in any case.')
  text?: string;

  @ApiPropertyOptional({ description: '`next` of the page before.', maxLength: 1000, minLength: 1 })
  @Optional()
  @IsString()
  @MaxLength(1000)
  @Matches(/^\P{Cc}+$/u, NO_CONTROLS)
  after?: string;
}

export class DiscoverInQuery extends DiscoverQuery {
  @ApiProperty({ description: 'As the platform names it.', maxLength: 300, minLength: 1 })
  @IsString()
  @MaxLength(300)
  @Matches(/^\P{Cc}+$/u, NO_CONTROLS)
  project: string;
}

export class DiscoverInputsQuery {
  @ApiProperty({ description: 'As the platform names it.', maxLength: 300, minLength: 1 })
  @IsString()
  @MaxLength(300)
  @Matches(/^\P{Cc}+$/u, NO_CONTROLS)
  project: string;

  @ApiPropertyOptional({ description: 'Absent where a project has one.', maxLength: 300, minLength: 1 })
  @Optional()
  @IsString()
  @MaxLength(300)
  @Matches(/^\P{Cc}+$/u, NO_CONTROLS)
  pipeline?: string;

  @ApiPropertyOptional({
    description: "Branch or tag; the platform's usual one when absent.",
    maxLength: 300,
    minLength: 1,
  })
  @Optional()
  @IsString()
  @MaxLength(300)
  @Matches(/^\P{Cc}+$/u, NO_CONTROLS)
  ref?: string;
}
