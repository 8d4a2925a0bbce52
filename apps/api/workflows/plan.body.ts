import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsObject, IsOptional, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import type { PlanRequest, StoredPlanRequest, VersionName } from '#contracts/rest/workflows.js';
import type { JsonObject } from '#domain/json.js';
import { IsVersionName, VERSION_NAME_SCHEMA } from './version-name.js';

/** Not `IsOptional`, to which null is absent too. */
const isPresent = (_: unknown, value: unknown): boolean => value !== undefined;

class InputsBody {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'As the definition declares them; those that are missing are taken for not known yet.',
  })
  @ValidateIf(isPresent)
  // As sent: the transformer drops keys such as `constructor`.
  @Transform(({ obj }: { obj: { inputs?: unknown } }) => obj.inputs)
  @IsObject()
  inputs?: JsonObject;
}

export class PlanBody extends InputsBody implements PlanRequest {
  @ApiProperty({ description: 'The text of the definition.' })
  @IsString()
  definition: string;
}

export class StoredPlanBody extends InputsBody implements StoredPlanRequest {
  @ApiPropertyOptional({
    ...VERSION_NAME_SCHEMA,
    description: 'By number, semantic version or alias; the newest one when absent, published or not.',
  })
  @ValidateIf(isPresent)
  @IsVersionName()
  version?: VersionName;
}

export class DeleteWorkflowQuery {
  @ApiPropertyOptional({ maxLength: 500, description: 'For the audit log.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  @Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' })
  reason?: string;
}
