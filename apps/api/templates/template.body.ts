import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsObject,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { ExtractRequest, InstantiateRequest } from '#contracts/rest/templates.js';
import type { JsonObject } from '#domain/json.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { TEMPLATE_SORTS, type TemplateSort } from '#persistence/repositories/template-repository.js';
import { ListQuery, SortBy, SwitchFilter, TextFilter } from '../http/list-query.js';
import { Optional } from '../http/optional.js';

export class InstantiateBody implements InstantiateRequest {
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'By variable.' })
  @Optional()
  @IsObject()
  values?: JsonObject;

  @ApiPropertyOptional({
    default: false,
    description: 'Store the definition as a workflow, or as its new version.',
  })
  @Optional()
  @IsBoolean()
  save?: boolean;
}

class ChoiceBody {
  @ApiProperty({ maxLength: 100, description: 'Of the variable.' })
  @IsString()
  @MaxLength(100)
  name: string;

  @ApiProperty({ type: [String], description: 'Where its value stands: `stages.build.steps.unit.timeout`.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @IsString({ each: true })
  @MaxLength(2_000, { each: true })
  paths: string[];
}

export class ExtractBody implements ExtractRequest {
  @ApiProperty({ description: 'The text of the definition.' })
  @IsString()
  definition: string;

  @ApiPropertyOptional({
    maxLength: 100,
    description: 'Of the template; that of the definition when absent.',
  })
  @Optional()
  @IsString()
  @MaxLength(100)
  name?: string;

  @ApiPropertyOptional({ maxLength: 2_000 })
  @Optional()
  @IsString()
  @MaxLength(2_000)
  description?: string;

  @ApiPropertyOptional({ type: [ChoiceBody], description: 'Without it nothing is made, only proposed.' })
  @Optional()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ChoiceBody)
  variables?: ChoiceBody[];
}

export class TemplateListQuery extends ListQuery {
  @TextFilter('A part of the name or the description, in whatever case.')
  text?: string;

  @TextFilter('One of its tags.')
  tag?: string;

  @SwitchFilter('Whether it comes with Sluice.')
  builtIn?: boolean;

  @SortBy(TEMPLATE_SORTS, 'name')
  sort: SortOrder<TemplateSort> = 'name';
}
