import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page } from '#contracts/rest/page.js';
import type { MemberView, ProjectView } from '#contracts/rest/projects.js';
import type { ProjectRow } from '#persistence/repositories/project-repository.js';
import type { MemberRow } from '#persistence/repositories/user-repository.js';

export class ProjectResource implements ProjectView {
  @ApiProperty() name: string;
  @ApiPropertyOptional() description?: string;
  @ApiProperty() createdBy: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class ProjectPage implements Page<ProjectResource> {
  @ApiProperty({ type: [ProjectResource] }) items: ProjectResource[];
  @ApiPropertyOptional() next?: string;
  @ApiPropertyOptional() total?: number;
}

export class MemberResource implements MemberView {
  @ApiProperty({ description: 'Name of the person.' }) user: string;
  @ApiPropertyOptional() displayName?: string;
  @ApiProperty({ type: [String] }) roles: readonly string[];
  @ApiProperty() updatedBy: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class MemberPage implements Page<MemberResource> {
  @ApiProperty({ type: [MemberResource] }) items: MemberResource[];
  @ApiPropertyOptional() next?: string;
  @ApiPropertyOptional() total?: number;
}

export function toProject(row: ProjectRow): ProjectResource {
  return {
    name: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toMember(row: MemberRow): MemberResource {
  return {
    user: row.user,
    ...(row.displayName === null ? {} : { displayName: row.displayName }),
    roles: row.roles,
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString(),
  };
}
