import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsObject, IsString, Matches, MaxLength } from 'class-validator';
import type { ExecuteRequest, FreezeChoice } from '#contracts/rest/runs.js';
import type { VersionName } from '#contracts/rest/workflows.js';
import type { JsonObject } from '#domain/json.js';
import { Optional } from '../http/optional.js';
import { IsVersionName, VERSION_NAME_SCHEMA } from '../workflows/version-name.js';

const FREEZE_CHOICES = ['wait', 'refuse', 'override'] as const satisfies readonly FreezeChoice[];

export class ExecuteBody implements ExecuteRequest {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'As the definition declares them.',
  })
  @Optional()
  // As sent: the transformer drops keys such as `constructor`.
  @Transform(({ obj }: { obj: { inputs?: unknown } }) => obj.inputs)
  @IsObject()
  inputs?: JsonObject;

  @ApiPropertyOptional({
    ...VERSION_NAME_SCHEMA,
    description: 'By number, semantic version or alias; the newest one when absent, published or not.',
  })
  @Optional()
  @IsVersionName()
  version?: VersionName;

  @ApiPropertyOptional({
    enum: FREEZE_CHOICES,
    description:
      'What becomes of the run where a freeze holds the workflow; `override` needs a `reason`. When absent: `refuse` where the concurrency policy is `reject` or `cancel`, else `wait`.',
  })
  @Optional()
  @IsIn(FREEZE_CHOICES)
  freeze?: FreezeChoice;

  @ApiPropertyOptional({ maxLength: 500, description: 'For the audit log.' })
  @Optional()
  @IsString()
  @MaxLength(500)
  @Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' })
  reason?: string;
}
