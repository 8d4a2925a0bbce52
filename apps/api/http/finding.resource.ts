import { ApiProperty } from '@nestjs/swagger';
import type { Finding } from '#domain/validation/finding.js';

export class FindingResource implements Finding {
  @ApiProperty({ type: String }) code: Finding['code'];
  @ApiProperty({ enum: ['error', 'warning'] }) severity: Finding['severity'];
  @ApiProperty({ example: 'stages.build.steps.unit.timeout' }) path: string;
  @ApiProperty({ description: 'From 1.' }) line: number;
  @ApiProperty({ description: 'From 1.' }) column: number;
  @ApiProperty({ description: 'What is wrong.' }) message: string;
  @ApiProperty({ description: 'What to write instead.' }) hint: string;
}
