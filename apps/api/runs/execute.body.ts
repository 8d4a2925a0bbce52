import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsObject, Max, Min, ValidateIf } from 'class-validator';
import type { ExecuteRequest } from '#contracts/rest.js';
import type { JsonObject } from '#domain/json.js';

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
}
