import type { ApiKeyRequest, ApiKeyView, CreatedApiKeyView } from '#contracts/rest/api-keys.js';
import type { Page } from '#contracts/rest/page.js';
import type { CallerView } from '#contracts/rest/users.js';
import { type Endpoint, request, toQuery } from './http.js';
import { readAll } from './read-all.js';

/** Who gets in. */
export interface AccessApi {
  whoAmI(): Promise<CallerView>;
  createKey(request: ApiKeyRequest): Promise<CreatedApiKeyView>;
  listKeys(): Promise<readonly ApiKeyView[]>;
  revokeKey(id: string): Promise<void>;
}

export function createAccessApi(endpoint: Endpoint): AccessApi {
  return {
    whoAmI: () => request(endpoint, { method: 'GET', path: '/users/me' }),
    createKey: (body) =>
      request(endpoint, {
        method: 'POST',
        path: '/api-keys',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    listKeys: () =>
      readAll((page) =>
        request<Page<ApiKeyView>>(endpoint, { method: 'GET', path: `/api-keys${toQuery({ ...page })}` }),
      ),
    revokeKey: (id) => request(endpoint, { method: 'DELETE', path: `/api-keys/${encodeURIComponent(id)}` }),
  };
}
