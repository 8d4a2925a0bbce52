import type { Page } from '#contracts/rest/page.js';
import type {
  AliasMoveView,
  AliasRequest,
  AliasView,
  PublishRequest,
  VersionDiffView,
} from '#contracts/rest/versions.js';
import type { VersionName, WorkflowVersionView, WorkflowView } from '#contracts/rest/workflows.js';
import { type Endpoint, type Query, request, requestTagged, toQuery } from './http.js';
import { readAll } from './read-all.js';

/** Versions of stored workflows; `workflow` is an id or a name. */
export interface VersionsApi {
  getWorkflow(workflow: string): Promise<WorkflowView>;
  getVersion(workflow: string, version: VersionName): Promise<WorkflowVersionView>;
  listVersions(
    workflow: string,
    query: { readonly published?: boolean },
  ): Promise<readonly WorkflowVersionView[]>;
  publish(workflow: string, version: VersionName, request: PublishRequest): Promise<WorkflowVersionView>;
  diff(
    workflow: string,
    query: { readonly from?: VersionName; readonly to?: VersionName },
  ): Promise<VersionDiffView>;
  listAliases(workflow: string): Promise<readonly AliasView[]>;
  getAlias(workflow: string, name: string): Promise<{ readonly alias: AliasView; readonly tag?: string }>;
  /** `tag`: only where the alias is still as it was under it. */
  setAlias(
    workflow: string,
    name: string,
    request: AliasRequest,
    tag: string | undefined,
  ): Promise<AliasView>;
  removeAlias(workflow: string, name: string, reason: string, tag: string | undefined): Promise<void>;
  /** Newest first. */
  listAliasMoves(workflow: string, name: string): Promise<readonly AliasMoveView[]>;
}

export function createVersionsApi(endpoint: Endpoint): VersionsApi {
  const get = <T>(path: string, query: Query = {}) =>
    request<T>(endpoint, { method: 'GET', path: path + toQuery(query) });
  const getAll = <T>(path: string, query: Query = {}) =>
    readAll((page) => get<Page<T>>(path, { ...query, ...page }));
  return {
    getWorkflow: (workflow) => get(workflowPath(workflow)),
    getVersion: (workflow, version) => get(versionPath(workflow, version)),
    listVersions: (workflow, { published }) =>
      getAll(`${workflowPath(workflow)}/versions`, { ...(published === true && { published: 'true' }) }),
    publish: (workflow, version, body) =>
      request(endpoint, {
        method: 'POST',
        path: `${versionPath(workflow, version)}/publish`,
        body: JSON.stringify(body),
        headers: JSON_BODY,
      }),
    diff: (workflow, query) => get(`${workflowPath(workflow)}/diff`, { ...query }),
    listAliases: (workflow) => getAll(`${workflowPath(workflow)}/aliases`),
    getAlias: async (workflow, name) => {
      const asked = { method: 'GET', path: aliasPath(workflow, name) } as const;
      const { body, ...tagged } = await requestTagged<AliasView>(endpoint, asked);
      return { alias: body, ...tagged };
    },
    setAlias: (workflow, name, body, tag) =>
      request(endpoint, {
        method: 'PUT',
        path: aliasPath(workflow, name),
        body: JSON.stringify(body),
        headers: { ...JSON_BODY, ...ifMatch(tag) },
      }),
    removeAlias: (workflow, name, reason, tag) =>
      request(endpoint, {
        method: 'DELETE',
        path: aliasPath(workflow, name) + toQuery({ reason }),
        headers: ifMatch(tag),
      }),
    listAliasMoves: (workflow, name) => getAll(`${aliasPath(workflow, name)}/history`),
  };
}

const JSON_BODY = { 'content-type': 'application/json' };

function ifMatch(tag: string | undefined): Readonly<Record<string, string>> {
  return tag === undefined ? {} : { 'if-match': tag };
}

function workflowPath(workflow: string): string {
  return `/workflows/${encodeURIComponent(workflow)}`;
}

function versionPath(workflow: string, version: VersionName): string {
  return `${workflowPath(workflow)}/versions/${encodeURIComponent(version)}`;
}

function aliasPath(workflow: string, name: string): string {
  return `${workflowPath(workflow)}/aliases/${encodeURIComponent(name)}`;
}
