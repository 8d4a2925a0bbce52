import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page } from '#contracts/rest/page.js';
import type { AliasMoveView, AliasView, PublicationView } from '#contracts/rest/versions.js';
import type { WorkflowVersionView } from '#contracts/rest/workflows.js';
import type { AliasMoveRow, AliasRow, VersionRow } from '#persistence/repositories/version-repository.js';
import { ListedResource } from '../http/list-query.js';

class PublicationResource implements PublicationView {
  @ApiProperty({ description: 'SemVer 2.0.0.' }) as: string;
  @ApiProperty() by: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty() reason: string;
  @ApiPropertyOptional({
    type: [String],
    description: 'In the answer to its publication: published versions that mean the same.',
  })
  sameAs?: readonly string[];
}

export class WorkflowVersionResource implements WorkflowVersionView {
  @ApiProperty({ format: 'uuid' }) workflowId: string;
  @ApiProperty() version: number;
  @ApiProperty() digest: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty() createdBy: string;
  @ApiPropertyOptional({ type: PublicationResource, description: 'Absent of a draft.' })
  published?: PublicationResource;
  @ApiProperty({ type: [String], description: 'Names of the aliases that name it.' })
  aliases: readonly string[];
  @ApiProperty({ description: 'The text as sent.' }) source: string;
  @ApiProperty({ enum: ['yaml', 'json'] }) format: 'yaml' | 'json';
}

export class WorkflowVersionPage extends ListedResource implements Page<WorkflowVersionResource> {
  @ApiProperty({ type: [WorkflowVersionResource] }) items: WorkflowVersionResource[];
}

export class AliasResource implements AliasView {
  @ApiProperty() name: string;
  @ApiProperty() version: number;
  @ApiProperty({ description: 'What that version was published as.' }) as: string;
  @ApiProperty() movedBy: string;
  @ApiProperty({ format: 'date-time' }) movedAt: string;
  @ApiProperty() reason: string;
}

export class AliasPage implements Page<AliasResource> {
  @ApiProperty({ type: [AliasResource] }) items: AliasResource[];
}

class AliasMoveResource implements AliasMoveView {
  @ApiPropertyOptional({ description: 'Absent where it was removed.' }) version?: number;
  @ApiPropertyOptional() as?: string;
  @ApiProperty() by: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty() reason: string;
}

export class AliasMovePage extends ListedResource implements Page<AliasMoveResource> {
  @ApiProperty({ type: [AliasMoveResource] }) items: AliasMoveResource[];
}

export function toVersion(row: VersionRow, sameAs: readonly string[] = []): WorkflowVersionResource {
  const { workflowId, version, digest, createdBy, aliases, source, format } = row;
  const { semver, publishedAt, publishedBy, reason } = row;
  const published =
    semver === null || publishedAt === null || publishedBy === null || reason === null
      ? undefined
      : { as: semver, by: publishedBy, at: publishedAt.toISOString(), reason };
  return {
    workflowId,
    version,
    digest,
    createdAt: row.createdAt.toISOString(),
    createdBy,
    ...(published === undefined
      ? {}
      : { published: { ...published, ...(sameAs.length === 0 ? {} : { sameAs }) } }),
    aliases,
    source,
    format,
  };
}

export function toAlias({ name, version, semver, movedBy, movedAt, reason }: AliasRow): AliasResource {
  return { name, version, as: semver, movedBy, movedAt: movedAt.toISOString(), reason };
}

export function toAliasMove({ version, semver, movedBy, movedAt, reason }: AliasMoveRow): AliasMoveResource {
  return {
    ...(version === null ? {} : { version }),
    ...(semver === null ? {} : { as: semver }),
    by: movedBy,
    at: movedAt.toISOString(),
    reason,
  };
}
