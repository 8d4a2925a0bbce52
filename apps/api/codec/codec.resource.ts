import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';

const MAX_PAYLOADS = 1_000;

class PayloadBody {
  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string', format: 'byte' } })
  @IsOptional()
  @IsObject()
  metadata?: Record<string, string>;

  @ApiPropertyOptional({ format: 'byte' })
  @IsOptional()
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
