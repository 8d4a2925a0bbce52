import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsObject, IsString, Matches, MaxLength, ValidateBy } from 'class-validator';
import type {
  CheckpointRequest,
  CompleteStepRequest,
  DecisionRequest,
  ReasonRequest,
  RerunRequest,
  RetryStepRequest,
  SendEventRequest,
} from '#contracts/rest/operations.js';
import type { VersionName } from '#contracts/rest/workflows.js';
import { exceedsValueLimit } from '#domain/execution/limits.js';
import type { Json, JsonObject } from '#domain/json.js';
import { Optional } from '../http/optional.js';
import { IsVersionName, VERSION_NAME_SCHEMA } from '../workflows/version-name.js';

export const MAX_KEY = 400;

/** As sent: the transformer drops keys such as `prototype`. */
const AsSent = () => Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]);

export const IsValue = () =>
  applyDecorators(
    AsSent(),
    ValidateBy({
      name: 'value',
      validator: {
        validate: (value: Json | undefined) => value !== undefined && !exceedsValueLimit(value),
        defaultMessage: () => 'must be a value of at most 262,144 characters of JSON',
      },
    }),
  );

const IsValues = () =>
  applyDecorators(
    ApiPropertyOptional({ type: 'object', additionalProperties: true }),
    Optional(),
    IsValue(),
    IsObject(),
  );

export class ReasonBody implements ReasonRequest {
  @ApiPropertyOptional({ maxLength: 1_000 })
  @Optional()
  @IsString()
  @MaxLength(1_000)
  @Matches(/^[\P{Cc}\n\t]*$/u, { message: 'must not hold control characters' })
  reason?: string;
}

export class DecisionBody extends ReasonBody implements DecisionRequest {
  @IsValues()
  inputs?: JsonObject;
}

export class RetryStepBody extends ReasonBody implements RetryStepRequest {
  @IsValues()
  with?: JsonObject;
}

export class CompleteStepBody extends ReasonBody implements CompleteStepRequest {
  @ApiProperty({ type: Object })
  @IsValue()
  output: Json;
}

export class SendEventBody extends ReasonBody implements SendEventRequest {
  /** Whatever a definition may wait for. */
  @ApiProperty({ example: 'deployed', maxLength: 200 })
  @IsString()
  @MaxLength(200)
  @Matches(/^(?=.*\S)\P{Cc}+$/u, { message: 'must be a text without control characters' })
  name: string;

  @ApiPropertyOptional({ type: Object })
  @Optional()
  @IsValue()
  data?: Json;
}

export class CheckpointBody extends ReasonBody implements CheckpointRequest {
  @ApiProperty({ example: 'before-release', maxLength: 100 })
  @IsString()
  @Matches(/^[a-z][a-z0-9-]{0,99}$/, {
    message: 'must be lower-case letters, digits and dashes, a letter first, at most 100 characters',
  })
  name: string;
}

export class RerunBody extends ReasonBody implements RerunRequest {
  @ApiPropertyOptional({ description: 'Key of the step from which on it runs again.', example: 'deploy[2]' })
  @Optional()
  @IsString()
  @MaxLength(MAX_KEY)
  from?: string;

  @ApiPropertyOptional({ description: 'Name of a checkpoint: what was over by then is taken over.' })
  @Optional()
  @IsString()
  @MaxLength(100)
  checkpoint?: string;

  @IsValues()
  inputs?: JsonObject;

  @ApiPropertyOptional({
    ...VERSION_NAME_SCHEMA,
    description: 'By number, semantic version or alias; that of the run when absent.',
  })
  @Optional()
  @IsVersionName()
  version?: VersionName;
}
