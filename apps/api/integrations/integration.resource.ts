import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { PlatformAuth } from '#contracts/cicd/integration.js';
import type {
  IntegrationHealth,
  IntegrationHook,
  IntegrationSync,
  IntegrationView,
  SecretIntegrationView,
} from '#contracts/rest/integrations.js';
import type { Page } from '#contracts/rest/page.js';
import { integrationHookPathOf } from '#contracts/webhooks.js';
import type { JsonObject } from '#domain/json.js';
import type { StoredSecret } from '#persistence/entities/webhook.entity.js';
import type { IntegrationRow } from '#persistence/integrations/integration-repository.js';
import { ListedResource } from '../http/list-query.js';
import { PlatformAuthBody, WatchedPipelineBody } from './integration.body.js';

export class IntegrationHealthResource implements IntegrationHealth {
  @ApiProperty({
    enum: ['healthy', 'lacking', 'unhealthy'],
    description: '`lacking`: it answers, and the credentials lack permissions.',
  })
  state: IntegrationHealth['state'];
  @ApiProperty({ format: 'date-time' }) checkedAt: string;
  @ApiProperty({ description: 'Milliseconds until it answered, or did not.' }) ms: number;
  @ApiPropertyOptional({ description: 'Why it is unhealthy, as `platform-auth-refused`.' }) code?: string;
  @ApiPropertyOptional() message?: string;
  @ApiPropertyOptional({ description: 'Who asks, as the platform knows them.' }) account?: string;
  @ApiPropertyOptional({ description: 'Of the platform.' }) version?: string;
  @ApiProperty({
    type: [String],
    description: 'Permissions that the credentials lack, where the platform tells.',
  })
  missing: readonly string[];
}

export class IntegrationSyncResource implements IntegrationSync {
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ description: 'Executions that the platform told of.' }) executions: number;
  @ApiPropertyOptional({ description: 'Why it did not tell of all.' }) code?: string;
  @ApiPropertyOptional() message?: string;
}

class HookRefusalResource {
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ example: 'signature-wrong' }) reason: string;
}

class IntegrationHookResource implements IntegrationHook {
  @ApiProperty({ description: 'Where the platform brings events, at the address of this API.' }) path: string;
  @ApiPropertyOptional({ description: 'Reference to the secret; absent where one was made here.' })
  secretReference?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'Until then the secret before is valid too.' })
  previousUntil?: string;
  @ApiPropertyOptional({ type: HookRefusalResource, description: 'The last delivery that was not taken.' })
  lastRefusal?: HookRefusalResource;
}

export class IntegrationResource implements IntegrationView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiPropertyOptional() description?: string;
  @ApiProperty({ description: 'Name of a platform.' }) platform: string;
  @ApiProperty({ format: 'uri', description: "Of the platform's API." }) baseUrl: string;
  @ApiProperty({ type: PlatformAuthBody }) auth: PlatformAuth;
  @ApiProperty({ type: 'object', additionalProperties: true }) options: JsonObject;
  @ApiPropertyOptional() authorities?: string;
  @ApiPropertyOptional({ format: 'uri' }) proxy?: string;
  @ApiProperty({ enum: ['active', 'disabled'] }) status: IntegrationView['status'];
  @ApiProperty({ description: 'Greater with each change.' }) revision: number;
  @ApiProperty({ type: [WatchedPipelineBody] }) sync: readonly WatchedPipelineBody[];
  @ApiPropertyOptional({ type: IntegrationHookResource, description: 'Absent until it was given a secret.' })
  hook?: IntegrationHookResource;
  @ApiPropertyOptional({ type: IntegrationHealthResource, description: 'As it was found last.' })
  health?: IntegrationHealthResource;
  @ApiPropertyOptional({
    type: IntegrationSyncResource,
    description: 'How executions of what it watches were asked for last.',
  })
  synced?: IntegrationSyncResource;
  @ApiProperty() createdBy: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class SecretIntegrationResource extends IntegrationResource implements SecretIntegrationView {
  @ApiPropertyOptional({ description: 'It is told this once; absent of a reference.' }) secret?: string;
}

export class IntegrationPage extends ListedResource implements Page<IntegrationResource> {
  @ApiProperty({ type: [IntegrationResource] }) items: IntegrationResource[];
}

export function toIntegration(row: IntegrationRow): IntegrationResource {
  const { id, name, platform, baseUrl, auth, options, status, revision, sync, createdBy } = row;
  return {
    id,
    name,
    ...(row.description === null ? {} : { description: row.description }),
    platform,
    baseUrl,
    auth,
    options,
    ...(row.authorities === null ? {} : { authorities: row.authorities }),
    ...(row.proxy === null ? {} : { proxy: row.proxy }),
    status,
    revision,
    sync,
    ...(row.hookSecret === null ? {} : { hook: toHook(row, row.hookSecret) }),
    ...(row.health === null ? {} : { health: row.health }),
    ...(row.synced === null ? {} : { synced: row.synced }),
    createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function toHook(row: IntegrationRow, secret: StoredSecret): IntegrationHookResource {
  const { id, previousHookSecret, previousHookUntil, refusedAt, refusedFor } = row;
  const isValid =
    previousHookSecret !== null && previousHookUntil !== null && previousHookUntil.getTime() > Date.now();
  return {
    path: integrationHookPathOf(id),
    ...('reference' in secret ? { secretReference: secret.reference } : {}),
    ...(isValid ? { previousUntil: previousHookUntil.toISOString() } : {}),
    ...(refusedAt === null || refusedFor === null
      ? {}
      : { lastRefusal: { at: refusedAt.toISOString(), reason: refusedFor } }),
  };
}
