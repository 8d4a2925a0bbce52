import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsString, Matches, Max, MaxLength, Min, ValidateIf } from 'class-validator';
import type { ExecuteRequest, FreezeChoice } from '#contracts/rest.js';
import type { JsonObject } from '#domain/json.js';

const FREEZE_CHOICES = ['wait', 'refuse', 'override'] as const satisfies readonly FreezeChoice[];

/** Not `IsOptional`, to which null is absent too. */
const isPresent = (_: unknown, value: unknown): boolean => value !== undefined;

export class ExecuteBody implements ExecuteRequest {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'As the definition declares them.',
  })
  @ValidateIf(isPresent)
  // As sent: the transformer drops keys such as `constructor`.
  @Transform(({ obj }: { obj: { inputs?: unknown } }) => obj.inputs)
  @IsObject()
  inputs?: JsonObject;

  @ApiPropertyOptional({ description: 'The latest when absent.', minimum: 1 })
  @ValidateIf(isPresent)
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  version?: number;

  @ApiPropertyOptional({
    enum: FREEZE_CHOICES,
    description:
      'What becomes of the run where a freeze holds the workflow; `override` needs a `reason`. When absent: `refuse` where the concurrency policy is `reject` or `cancel`, else `wait`.',
  })
  @ValidateIf(isPresent)
  @IsIn(FREEZE_CHOICES)
  freeze?: FreezeChoice;

  @ApiPropertyOptional({ maxLength: 500, description: 'For the audit log.' })
  @ValidateIf(isPresent)
  @IsString()
  @MaxLength(500)
  @Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' })
  reason?: string;
}
