import type {
  DiscoveredBranch,
  DiscoveredInput,
  DiscoveredPipeline,
  DiscoveredProject,
  IntegrationChange,
  IntegrationHealth,
  IntegrationRequest,
  IntegrationSync,
  IntegrationView,
  SecretIntegrationView,
} from '#contracts/rest/integrations.js';
import type { Page } from '#contracts/rest/page.js';
import type { RotateRequest } from '#contracts/rest/webhooks.js';
import { isSluiceError } from '#domain/errors.js';
import { type Endpoint, type Query, request, toQuery } from './http.js';
import { readAll } from './read-all.js';

/** What there is to choose from, by what it is called. */
export interface Discovered {
  readonly projects: DiscoveredProject;
  readonly pipelines: DiscoveredPipeline;
  readonly branches: DiscoveredBranch;
  readonly inputs: DiscoveredInput;
}

/** Platforms of CI/CD; an integration is named by its id or name. */
export interface IntegrationsApi {
  listIntegrations(): Promise<readonly IntegrationView[]>;
  getIntegration(integration: string): Promise<IntegrationView>;
  /** Changes the integration of this name, or makes it; `platform` counts for one that is new. */
  setIntegration(
    name: string,
    change: IntegrationChange & Pick<Partial<IntegrationRequest>, 'platform'>,
  ): Promise<IntegrationView>;
  removeIntegration(integration: string): Promise<void>;
  rotateHook(integration: string, body: RotateRequest): Promise<SecretIntegrationView>;
  testIntegration(integration: string): Promise<IntegrationHealth>;
  syncIntegration(integration: string): Promise<IntegrationSync>;
  /** The first page. */
  discover<What extends keyof Discovered>(
    integration: string,
    what: What,
    query: Query,
  ): Promise<Page<Discovered[What]>>;
}

/** The platform may be slow, and is asked for a lot. */
const SYNC_WITHIN_MS = 180_000;

export function createIntegrationsApi(endpoint: Endpoint): IntegrationsApi {
  const get = <T>(path: string) => request<T>(endpoint, { method: 'GET', path });
  const send = <T>(method: 'POST' | 'PATCH', path: string, body: unknown, withinMs?: number) =>
    request<T>(endpoint, {
      method,
      path,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      ...(withinMs === undefined ? {} : { withinMs }),
    });
  return {
    listIntegrations: () =>
      readAll((page) => get<Page<IntegrationView>>(`/integrations${toQuery({ ...page })}`)),
    getIntegration: (integration) => get(pathOf(integration)),
    async setIntegration(name, { platform, ...change }) {
      try {
        return await send<IntegrationView>('PATCH', pathOf(name), change);
      } catch (error) {
        if (!isSluiceError(error) || error.code !== 'integration-not-found') throw error;
        return send<IntegrationView>('POST', '/integrations', { ...change, platform, name });
      }
    },
    removeIntegration: (integration) => request(endpoint, { method: 'DELETE', path: pathOf(integration) }),
    rotateHook: (integration, body) => send('POST', `${pathOf(integration)}/hook`, body),
    testIntegration: (integration) => send('POST', `${pathOf(integration)}/test`, {}),
    syncIntegration: (integration) => send('POST', `${pathOf(integration)}/sync`, {}, SYNC_WITHIN_MS),
    discover: (integration, what, query) => get(`${pathOf(integration)}/discover/${what}${toQuery(query)}`),
  };
}

function pathOf(integration: string): string {
  return `/integrations/${encodeURIComponent(integration)}`;
}
