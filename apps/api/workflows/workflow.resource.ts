import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page } from '#contracts/rest/page.js';
import type { WorkflowView } from '#contracts/rest/workflows.js';
import type { Finding } from '#domain/validation/finding.js';
import type { WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import { FindingResource } from '../http/finding.resource.js';
import { ListedResource } from '../http/list-query.js';

class LatestPublishedResource {
  @ApiProperty() version: number;
  @ApiProperty({ description: 'The semantic version that it was published as.' }) as: string;
}

export class WorkflowResource implements WorkflowView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() project: string;
  @ApiProperty() name: string;
  @ApiPropertyOptional() description?: string;
  @ApiProperty({ description: 'Number of the newest version, published or not.' }) latestVersion: number;
  @ApiProperty({ description: "Of the newest version's plan." }) digest: string;
  @ApiPropertyOptional({
    type: LatestPublishedResource,
    description: 'The newest published version: what the alias `latest` names.',
  })
  published?: LatestPublishedResource;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
  @ApiPropertyOptional({ type: [FindingResource], description: 'Warnings found while saving.' })
  findings?: readonly Finding[];
}

export class WorkflowPage extends ListedResource implements Page<WorkflowResource> {
  @ApiProperty({ type: [WorkflowResource] }) items: WorkflowResource[];
}

export function toWorkflow(row: WorkflowRow, findings: readonly Finding[] = []): WorkflowResource {
  return {
    id: row.id,
    project: row.project,
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    latestVersion: row.latestVersion,
    digest: row.digest,
    ...(row.published === null
      ? {}
      : { published: { version: row.published.version, as: row.published.semver } }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    ...(findings.length === 0 ? {} : { findings }),
  };
}
