import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { ImportRequest } from '#contracts/rest/imports.js';
import type { Format } from '#domain/front-ends/front-end.js';
import { FRONT_ENDS } from '#domain/front-ends/table.js';
import { Optional } from '../http/optional.js';

const FORMATS = ['auto', ...(Object.keys(FRONT_ENDS) as Format[])] as const;

class ImportFileBody {
  @ApiProperty({ maxLength: 500, example: 'release.yaml' })
  @IsString()
  @MaxLength(500)
  @Matches(/^\P{Cc}+$/u, { message: 'must be a text without control characters' })
  name: string;

  @ApiProperty({ description: 'YAML or JSON; at most 1 MiB.' })
  @IsString()
  content: string;
}

export class ImportBody implements ImportRequest {
  @ApiPropertyOptional({ enum: FORMATS, default: 'auto' })
  @Optional()
  @IsIn(FORMATS)
  format?: 'auto' | Format;

  @ApiProperty({ type: [ImportFileBody], minItems: 1, maxItems: 1_000 })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @ValidateNested({ each: true })
  @Type(() => ImportFileBody)
  files: ImportFileBody[];

  @ApiPropertyOptional({
    type: [String],
    maxItems: 50,
    description: 'Keys of lists of steps that may be lost.',
  })
  @Optional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  leaveOut?: string[];

  @ApiPropertyOptional({ default: false, description: 'Store what was taken over as workflows.' })
  @Optional()
  @IsBoolean()
  save?: boolean;

  @ApiPropertyOptional({
    default: false,
    description: 'With `save`: store nothing where something was not taken over.',
  })
  @Optional()
  @IsBoolean()
  allOrNothing?: boolean;
}
