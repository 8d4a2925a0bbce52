import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject, IsString, ValidateNested } from 'class-validator';
import { Optional } from '../http/optional.js';

const MAX_PAYLOADS = 1_000;

class PayloadBody {
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string', format: 'byte' } })
  @Optional()
  @IsObject()
  metadata?: Record<string, string>;

  @ApiPropertyOptional({ format: 'byte' })
  @Optional()
  @IsString()
  data?: string;
}

/** Temporal's `Payloads`, in the JSON of Protocol Buffers. */
export class PayloadsBody {
  @ApiProperty({ type: [PayloadBody] })
  @IsArray()
  @ArrayMaxSize(MAX_PAYLOADS)
  @ValidateNested({ each: true })
  @Type(() => PayloadBody)
  payloads: PayloadBody[];
}
