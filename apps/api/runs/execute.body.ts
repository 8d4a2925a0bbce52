import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsObject, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import type { ExecuteRequest, FreezeChoice } from '#contracts/rest/runs.js';
import type { VersionName } from '#contracts/rest/workflows.js';
import type { JsonObject } from '#domain/json.js';
import { IsVersionName, VERSION_NAME_SCHEMA } from '../workflows/version-name.js';

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

  @ApiPropertyOptional({
    ...VERSION_NAME_SCHEMA,
    description: 'By number, semantic version or alias; the newest one when absent, published or not.',
  })
  @ValidateIf(isPresent)
  @IsVersionName()
  version?: VersionName;

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
