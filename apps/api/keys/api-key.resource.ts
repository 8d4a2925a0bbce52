import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ApiKeyView, CreatedApiKeyView, TokenView } from '#contracts/rest/api-keys.js';
import type { Page } from '#contracts/rest/page.js';
import type { ApiKeyRow } from '#persistence/repositories/api-key-repository.js';

export class ApiKeyResource implements ApiKeyView {
  @ApiProperty({ description: 'The part of the key that is no secret.' }) id: string;
  @ApiProperty() name: string;
  @ApiPropertyOptional({ description: 'The person that it stands for.' }) user?: string;
  @ApiProperty({ type: [String], description: '`*`: all.' }) projects: readonly string[];
  @ApiProperty({ type: [String] }) roles: readonly string[];
  @ApiProperty() createdBy: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiPropertyOptional({ format: 'date-time' }) expiresAt?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'Within a minute.' }) lastUsedAt?: string;
  @ApiPropertyOptional({ format: 'date-time' }) revokedAt?: string;
  @ApiPropertyOptional() revokedBy?: string;
}

export class CreatedApiKeyResource extends ApiKeyResource implements CreatedApiKeyView {
  @ApiProperty({ description: 'The key itself: it is told this once.' }) key: string;
}

export class ApiKeyPage implements Page<ApiKeyResource> {
  @ApiProperty({ type: [ApiKeyResource] }) items: ApiKeyResource[];
  @ApiPropertyOptional() next?: string;
  @ApiPropertyOptional() total?: number;
}

export class TokenResource implements TokenView {
  @ApiProperty() token: string;
  @ApiProperty({ enum: ['Bearer'] }) tokenType: 'Bearer';
  @ApiProperty({ description: 'Seconds.' }) expiresIn: number;
}

export function toApiKey(row: ApiKeyRow): ApiKeyResource {
  return {
    id: row.id,
    name: row.name,
    ...(row.user === null ? {} : { user: row.user }),
    projects: row.projects,
    roles: row.roles,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    ...(row.expiresAt === null ? {} : { expiresAt: row.expiresAt.toISOString() }),
    ...(row.lastUsedAt === null ? {} : { lastUsedAt: row.lastUsedAt.toISOString() }),
    ...(row.revokedAt === null ? {} : { revokedAt: row.revokedAt.toISOString() }),
    ...(row.revokedBy === null ? {} : { revokedBy: row.revokedBy }),
  };
}
