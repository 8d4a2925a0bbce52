import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page as PlatformPage } from '#connectors/cicd/platform.js';
import type {
  DiscoveredBranch,
  DiscoveredInput,
  DiscoveredPipeline,
  DiscoveredProject,
} from '#contracts/rest/integrations.js';
import type { Page } from '#contracts/rest/page.js';
import type { Json } from '#domain/json.js';

class DiscoveredPage {
  @ApiPropertyOptional({ description: 'For `after`; absent on the last page.' }) next?: string;
}

class DiscoveredProjectResource implements DiscoveredProject {
  @ApiProperty({ description: 'What `project` takes.' }) name: string;
  @ApiProperty() title: string;
  @ApiPropertyOptional({ format: 'uri' }) url?: string;
  @ApiPropertyOptional() defaultBranch?: string;
}

class DiscoveredPipelineResource implements DiscoveredPipeline {
  @ApiProperty({ description: 'What `pipeline` takes.' }) name: string;
  @ApiProperty() title: string;
  @ApiPropertyOptional({ format: 'uri' }) url?: string;
  @ApiProperty() enabled: boolean;
}

class DiscoveredBranchResource implements DiscoveredBranch {
  @ApiProperty() name: string;
  @ApiPropertyOptional() commit?: string;
}

class DiscoveredInputResource implements DiscoveredInput {
  @ApiProperty() name: string;
  @ApiProperty({ enum: ['text', 'number', 'boolean', 'choice'] }) type: DiscoveredInput['type'];
  @ApiProperty() required: boolean;
  @ApiPropertyOptional({ description: 'Any JSON.' }) default?: Json;
  @ApiPropertyOptional({ type: [String] }) choices?: readonly string[];
  @ApiPropertyOptional() description?: string;
}

export class DiscoveredProjectPage extends DiscoveredPage implements Page<DiscoveredProjectResource> {
  @ApiProperty({ type: [DiscoveredProjectResource] }) items: readonly DiscoveredProjectResource[];
}

export class DiscoveredPipelinePage extends DiscoveredPage implements Page<DiscoveredPipelineResource> {
  @ApiProperty({ type: [DiscoveredPipelineResource] }) items: readonly DiscoveredPipelineResource[];
}

export class DiscoveredBranchPage extends DiscoveredPage implements Page<DiscoveredBranchResource> {
  @ApiProperty({ type: [DiscoveredBranchResource] }) items: readonly DiscoveredBranchResource[];
}

export class DiscoveredInputList {
  @ApiProperty({ type: [DiscoveredInputResource] }) items: readonly DiscoveredInputResource[];
}

/** A page as clients see it. */
export function toDiscovered<T>({ items, next }: PlatformPage<T>): { items: readonly T[]; next?: string } {
  return { items, ...(next === undefined ? {} : { next }) };
}
