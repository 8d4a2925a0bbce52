import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Optional } from '../http/optional.js';

export class LiveQuery {
  @ApiPropertyOptional({
    description: 'Id of the last event seen; the header Last-Event-ID goes over it.',
    maxLength: 200,
  })
  @Optional()
  @IsString()
  @MaxLength(200)
  lastEventId?: string;

  @ApiPropertyOptional({
    description: 'For those who cannot send headers: says who asks, once, for this run.',
    maxLength: 200,
  })
  @Optional()
  @IsString()
  @MaxLength(200)
  ticket?: string;
}
