import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsISO8601, IsOptional, IsString, MaxLength } from 'class-validator';

export class FailureQuery {
  @ApiPropertyOptional({ description: 'Id or name of a workflow.' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  workflow?: string;

  @ApiPropertyOptional({ format: 'date-time', description: '30 days before `to` when absent.' })
  @IsOptional()
  @IsISO8601({ strict: true })
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Now when absent.' })
  @IsOptional()
  @IsISO8601({ strict: true })
  to?: string;
}
