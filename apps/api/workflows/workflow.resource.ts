import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page, WorkflowVersionView, WorkflowView } from '#contracts/rest.js';
import type { Finding } from '#domain/validation/finding.js';
import type { WorkflowRepository, WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import { FindingResource } from '../http/finding.resource.js';

export class WorkflowResource implements WorkflowView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() project: string;
  @ApiProperty() name: string;
  @ApiPropertyOptional() description?: string;
  @ApiProperty() latestVersion: number;
  @ApiProperty({ description: "Of the latest version's plan." }) digest: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
  @ApiPropertyOptional({ type: [FindingResource], description: 'Warnings found while saving.' })
  findings?: readonly Finding[];
}

export class WorkflowPage implements Page<WorkflowResource> {
  @ApiProperty({ type: [WorkflowResource] }) items: WorkflowResource[];
  @ApiPropertyOptional() next?: string;
}

export class WorkflowVersionResource implements WorkflowVersionView {
  @ApiProperty({ format: 'uuid' }) workflowId: string;
  @ApiProperty() version: number;
  @ApiProperty() digest: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty() createdBy: string;
  @ApiProperty({ description: 'The text as sent.' }) source: string;
  @ApiProperty({ enum: ['yaml', 'json'] }) format: 'yaml' | 'json';
}

export class WorkflowVersionPage implements Page<WorkflowVersionResource> {
  @ApiProperty({ type: [WorkflowVersionResource] }) items: WorkflowVersionResource[];
  @ApiPropertyOptional() next?: string;
}

export function toWorkflow(row: WorkflowRow, findings: readonly Finding[] = []): WorkflowResource {
  return {
    id: row.id,
    project: row.project,
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    latestVersion: row.latestVersion,
    digest: row.digest,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    ...(findings.length === 0 ? {} : { findings }),
  };
}

export function toVersion(
  row: Awaited<ReturnType<WorkflowRepository['listVersions']>>[number],
): WorkflowVersionResource {
  const { workflowId, version, digest, createdBy, source, format } = row;
  return { workflowId, version, digest, createdAt: row.createdAt.toISOString(), createdBy, source, format };
}
