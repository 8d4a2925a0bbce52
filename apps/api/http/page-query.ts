import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { Optional } from './optional.js';

/** A whole number of the query; what is none stays as it is, for the validation to refuse. */
export const ToInteger = () =>
  Transform(({ value }) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value));

export class PageQuery {
  @ApiPropertyOptional({
    description: 'Items at most.',
    type: 'integer',
    minimum: 1,
    maximum: 200,
    default: 50,
  })
  @Optional()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;

  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @Optional()
  @IsString()
  @MaxLength(4_000)
  after?: string;
}
