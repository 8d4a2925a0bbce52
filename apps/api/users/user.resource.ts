import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page } from '#contracts/rest/page.js';
import type { CallerView, UserView } from '#contracts/rest/users.js';
import type { UserRow } from '#persistence/repositories/user-repository.js';
import type { Identity } from '../auth/identity.js';
import { isAllowed, PERMISSIONS, type Permission } from '../auth/permissions.js';

export class UserResource implements UserView {
  @ApiProperty() name: string;
  @ApiPropertyOptional() displayName?: string;
  @ApiPropertyOptional({ description: 'OIDC `iss`: who vouches for the person.' }) issuer?: string;
  @ApiPropertyOptional({ description: 'OIDC `sub`.' }) subject?: string;
  @ApiProperty({ type: [String], description: 'In all projects.' }) roles: readonly string[];
  @ApiProperty() createdBy: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'Shut out since then.' }) disabledAt?: string;
}

export class UserPage implements Page<UserResource> {
  @ApiProperty({ type: [UserResource] }) items: UserResource[];
  @ApiPropertyOptional() next?: string;
  @ApiPropertyOptional() total?: number;
}

export class CallerResource implements CallerView {
  @ApiProperty({ description: 'As the audit log has it.' }) actor: string;
  @ApiProperty({ example: 'key', description: 'By what the caller got in: key, token, issuer, open.' })
  means: string;
  @ApiPropertyOptional({ description: 'Name of the person, where it is one.' }) user?: string;
  @ApiProperty() project: string;
  @ApiProperty({ type: [String], description: 'In this project.' }) roles: readonly string[];
  @ApiProperty({ type: [String], description: 'In all projects.' }) everywhere: readonly string[];
  @ApiProperty({ type: [String], description: 'What they allow.' }) permissions: readonly string[];
}

export function toUser(row: UserRow): UserResource {
  return {
    name: row.name,
    ...(row.displayName === null ? {} : { displayName: row.displayName }),
    ...(row.issuer === null ? {} : { issuer: row.issuer }),
    ...(row.subject === null ? {} : { subject: row.subject }),
    roles: row.roles,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    ...(row.disabledAt === null ? {} : { disabledAt: row.disabledAt.toISOString() }),
  };
}

export function toCaller(identity: Identity): CallerResource {
  const { actor, means, user, project, roles, everywhere } = identity;
  const permissions = Object.keys(PERMISSIONS).filter((name) => isAllowed(name as Permission, identity));
  return {
    actor,
    means: means.kind,
    ...(user === undefined ? {} : { user }),
    project,
    roles,
    everywhere,
    permissions,
  };
}
