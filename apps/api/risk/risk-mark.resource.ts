import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { RISK_LEVELS, type RiskLevel } from '#contracts/judgement/risk.js';
import type { RiskMark } from '#contracts/rest/risk.js';

export class RiskMarkResource implements RiskMark {
  @ApiProperty({ format: 'uuid', description: 'Id of the assessment.' }) assessment: string;
  @ApiProperty({ description: '0 to 100.' }) score: number;
  @ApiProperty({ enum: RISK_LEVELS }) level: RiskLevel;
  @ApiProperty({ description: 'Greater than 1: it was assessed again.' }) version: number;
  @ApiProperty({ description: 'As the step said.' }) firstScore: number;
  @ApiPropertyOptional({ description: 'Why it was assessed again.' }) reason?: string;
  @ApiProperty({ format: 'date-time' }) at: string;
}
