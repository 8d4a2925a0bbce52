import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ValueDifference } from '#contracts/rest/comparison.js';
import type { Json } from '#domain/json.js';

export class ValueDifferenceResource implements ValueDifference {
  @ApiProperty({ description: 'JSON pointer (RFC 6901).' }) path: string;
  @ApiPropertyOptional({ type: Object }) before?: Json;
  @ApiPropertyOptional({ type: Object }) after?: Json;
}
