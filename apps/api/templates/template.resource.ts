import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page } from '#contracts/rest/page.js';
import type {
  ExtractionView,
  InstantiationView,
  TemplateView,
  VariableProposal,
} from '#contracts/rest/templates.js';
import type { Json, JsonObject } from '#domain/json.js';
import { ListedResource } from '../http/list-query.js';
import { WorkflowResource } from '../workflows/workflow.resource.js';
import type { FoundTemplate } from './find-template.js';

export class TemplateResource implements TemplateView {
  @ApiProperty() name: string;
  @ApiPropertyOptional() description?: string;
  @ApiProperty({ type: [String] }) tags: readonly string[];
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'object' },
    description: 'JSON Schema of each variable; one without `default` is required.',
  })
  variables: Readonly<Record<string, JsonObject>>;
  @ApiProperty({ description: 'It comes with Sluice, and cannot be changed.' }) builtIn: boolean;
  @ApiPropertyOptional() createdBy?: string;
  @ApiPropertyOptional({ format: 'date-time' }) createdAt?: string;
  @ApiPropertyOptional({ format: 'date-time' }) updatedAt?: string;
  @ApiPropertyOptional({ description: 'The text as sent; not in lists.' }) source?: string;
}

export class TemplatePage extends ListedResource implements Page<TemplateResource> {
  @ApiProperty({ type: [TemplateResource] }) items: TemplateResource[];
}

export class InstantiationResource implements InstantiationView {
  @ApiProperty({ description: 'The definition, in YAML.' }) definition: string;
  @ApiPropertyOptional({ type: WorkflowResource, description: 'Where it was stored.' })
  workflow?: WorkflowResource;
}

class ProposalResource implements VariableProposal {
  @ApiProperty() name: string;
  @ApiProperty({ type: [String], description: 'Where its value stands.' }) paths: readonly string[];
  @ApiProperty({ type: Object }) value: Json;
  @ApiProperty({ enum: ['name', 'address', 'count', 'duration', 'repeated'] })
  because: VariableProposal['because'];
}

export class ExtractionResource implements ExtractionView {
  @ApiPropertyOptional({ description: 'The text of the template.' }) template?: string;
  @ApiProperty({ type: [ProposalResource] }) proposals: readonly ProposalResource[];
}

export function toTemplate({ template, saved }: FoundTemplate): TemplateResource {
  const { name, description, tags, variables } = template;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    tags,
    variables,
    builtIn: saved === undefined,
    ...(saved === undefined
      ? {}
      : {
          createdBy: saved.createdBy,
          createdAt: saved.createdAt.toISOString(),
          updatedAt: saved.updatedAt.toISOString(),
        }),
  };
}
