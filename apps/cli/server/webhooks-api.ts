import type { Page } from '#contracts/rest/page.js';
import type {
  FullDeliveryView,
  ListedDeliveryView,
  RotateRequest,
  SecretWebhookView,
  WebhookChange,
  WebhookRequest,
  WebhookView,
} from '#contracts/rest/webhooks.js';
import { type Endpoint, request, toQuery } from './http.js';
import { readAll } from './read-all.js';

/** Where senders outside bring events; a webhook is named by its id or name. */
export interface WebhooksApi {
  listWebhooks(): Promise<readonly WebhookView[]>;
  getWebhook(webhook: string): Promise<WebhookView>;
  createWebhook(body: WebhookRequest): Promise<SecretWebhookView>;
  changeWebhook(webhook: string, body: WebhookChange): Promise<WebhookView>;
  rotateWebhook(webhook: string, body: RotateRequest): Promise<SecretWebhookView>;
  removeWebhook(webhook: string): Promise<void>;
  /** The newest first, `limit` at most. */
  listDeliveries(webhook: string, limit: number): Promise<readonly ListedDeliveryView[]>;
  getDelivery(webhook: string, delivery: string): Promise<FullDeliveryView>;
  replayDelivery(webhook: string, delivery: string, reason: string | undefined): Promise<ListedDeliveryView>;
}

export function createWebhooksApi(endpoint: Endpoint): WebhooksApi {
  const get = <T>(path: string) => request<T>(endpoint, { method: 'GET', path });
  const send = <T>(method: 'POST' | 'PATCH', path: string, body: unknown) =>
    request<T>(endpoint, {
      method,
      path,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  return {
    listWebhooks: () => readAll((page) => get<Page<WebhookView>>(`/webhooks${toQuery({ ...page })}`)),
    getWebhook: (webhook) => get(pathOf(webhook)),
    createWebhook: (body) => send('POST', '/webhooks', body),
    changeWebhook: (webhook, body) => send('PATCH', pathOf(webhook), body),
    rotateWebhook: (webhook, body) => send('POST', `${pathOf(webhook)}/rotate`, body),
    removeWebhook: (webhook) => request(endpoint, { method: 'DELETE', path: pathOf(webhook) }),
    listDeliveries: async (webhook, limit) => {
      const page = await get<Page<ListedDeliveryView>>(`${pathOf(webhook)}/deliveries${toQuery({ limit })}`);
      return page.items;
    },
    getDelivery: (webhook, delivery) => get(pathOf(webhook, delivery)),
    replayDelivery: (webhook, delivery, reason) =>
      send('POST', `${pathOf(webhook, delivery)}/replay`, { ...(reason !== undefined && { reason }) }),
  };
}

function pathOf(webhook: string, delivery?: string): string {
  const path = `/webhooks/${encodeURIComponent(webhook)}`;
  return delivery === undefined ? path : `${path}/deliveries/${encodeURIComponent(delivery)}`;
}
