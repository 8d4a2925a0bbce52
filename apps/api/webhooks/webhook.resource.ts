import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page } from '#contracts/rest/page.js';
import type { SecretWebhookView, WebhookView } from '#contracts/rest/webhooks.js';
import { hookPathOf, type WebhookScheme } from '#contracts/webhooks.js';
import type { WebhookRow } from '#persistence/webhooks/webhook-repository.js';
import { ListedResource } from '../http/list-query.js';
import type { ChangedWebhook } from './change-webhook.js';
import { ActionBody, SchemeBody } from './webhook.body.js';

class RefusalResource {
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ example: 'signature-wrong' }) reason: string;
}

export class WebhookResource implements WebhookView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiPropertyOptional() description?: string;
  @ApiProperty({ description: 'Where the sender brings events, at the address of this API.' }) path: string;
  @ApiProperty({ type: SchemeBody, description: 'With all that was left to its default.' })
  scheme: WebhookScheme;
  @ApiPropertyOptional({ description: 'Reference to the secret; absent where one was made here.' })
  secretReference?: string;
  @ApiPropertyOptional({ format: 'date-time', description: 'Until then the secret before is valid too.' })
  previousUntil?: string;
  @ApiProperty({ type: ActionBody, description: 'What an event does.' }) action: WebhookView['action'];
  @ApiPropertyOptional() filter?: string;
  @ApiPropertyOptional() deliveryKey?: string;
  @ApiProperty({ enum: ['active', 'disabled'] }) status: WebhookView['status'];
  @ApiPropertyOptional({ type: RefusalResource, description: 'The last request that was not taken.' })
  lastRefusal?: RefusalResource;
  @ApiProperty() createdBy: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class SecretWebhookResource extends WebhookResource implements SecretWebhookView {
  @ApiPropertyOptional({ description: 'It is told this once; absent of a reference.' }) secret?: string;
}

export class WebhookPage extends ListedResource implements Page<WebhookResource> {
  @ApiProperty({ type: [WebhookResource] }) items: WebhookResource[];
}

export function toSecretWebhook({ row, secret }: ChangedWebhook): SecretWebhookResource {
  return { ...toWebhook(row), ...(secret === undefined ? {} : { secret }) };
}

export function toWebhook(row: WebhookRow): WebhookResource {
  const { id, name, scheme, secret, previousUntil, action, status, createdBy } = row;
  return {
    id,
    name,
    ...(row.description === null ? {} : { description: row.description }),
    path: hookPathOf(id),
    scheme,
    ...('reference' in secret ? { secretReference: secret.reference } : {}),
    ...(previousUntil === null || previousUntil.getTime() <= Date.now()
      ? {}
      : { previousUntil: previousUntil.toISOString() }),
    action: { ...action, ...(row.workflow === null ? {} : { workflow: row.workflow }) },
    ...(row.filter === null ? {} : { filter: row.filter }),
    ...(row.deliveryKey === null ? {} : { deliveryKey: row.deliveryKey }),
    status,
    ...(row.refusedAt === null || row.refusedFor === null
      ? {}
      : { lastRefusal: { at: row.refusedAt.toISOString(), reason: row.refusedFor } }),
    createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
