import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsObject, IsString, Matches, MaxLength } from 'class-validator';
import type { PlanRequest, StoredPlanRequest, VersionName } from '#contracts/rest/workflows.js';
import type { JsonObject } from '#domain/json.js';
import { Optional } from '../http/optional.js';
import { IsVersionName, VERSION_NAME_SCHEMA } from './version-name.js';

class InputsBody {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'As the definition declares them; those that are missing are taken for not known yet.',
  })
  @Optional()
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
  @Optional()
  @IsVersionName()
  version?: VersionName;
}

export class DeleteWorkflowQuery {
  @ApiPropertyOptional({ maxLength: 500, description: 'For the audit log.' })
  @Optional()
  @IsString()
  @MaxLength(500)
  @Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' })
  reason?: string;
}
