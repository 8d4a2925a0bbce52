import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import type { CancelRequest } from '#contracts/rest/operations.js';
import type { StepViewStatus } from '#contracts/rest/runs.js';
import { LOG_CURSOR } from '#persistence/repositories/log-repository.js';
import { ChoiceFilter } from '../http/list-query.js';
import { Optional } from '../http/optional.js';
import { ToInteger } from '../http/page-query.js';
import { ReasonBody } from './operation.bodies.js';
import { STEP_STATUSES } from './step.resource.js';

export class StepListQuery {
  @ChoiceFilter(STEP_STATUSES)
  status?: StepViewStatus[];

  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @Optional()
  @IsString()
  @MaxLength(4_000)
  after?: string;
}

export class LogQuery {
  @ApiPropertyOptional({ description: 'Key of a step.', example: 'deploy[2]' })
  @Optional()
  @IsString()
  @Matches(/^[^\0]{1,300}$/, { message: 'must be the key of a step' })
  step?: string;

  @ApiPropertyOptional({ description: 'Number of an attempt, from 1.' })
  @Optional()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  attempt?: number;

  @ApiPropertyOptional({ description: '`cursor` of a line, or `next` of the page before.' })
  @Optional()
  @IsString()
  @Matches(LOG_CURSOR, { message: 'must be the cursor of a line' })
  after?: string;

  @ApiPropertyOptional({
    description: 'Lines at most.',
    type: 'integer',
    minimum: 1,
    maximum: 5000,
    default: 1000,
  })
  @Optional()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(5_000)
  limit = 1_000;
}

export class CancelBody extends ReasonBody implements CancelRequest {
  @ApiPropertyOptional({ description: 'Undo what was done and can be undone, the latest first.' })
  @Optional()
  @IsBoolean()
  compensate?: boolean;
}
