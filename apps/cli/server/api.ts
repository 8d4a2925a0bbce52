import type { ComparisonView } from '#contracts/rest/comparison.js';
import type { FailureStatisticsView } from '#contracts/rest/failures.js';
import type { FreezeRequest, FreezeView } from '#contracts/rest/freezes.js';
import type { AdviceView, EstimateView, RemainingView } from '#contracts/rest/history.js';
import type {
  ApprovalView,
  CancelRequest,
  CheckpointView,
  HistoryView,
  OperationView,
  RerunRequest,
} from '#contracts/rest/operations.js';
import type { Page } from '#contracts/rest/page.js';
import type { LockView, PoolRequest, PoolView } from '#contracts/rest/pools.js';
import type { ExecuteRequest, LogView, RunView, StepView } from '#contracts/rest/runs.js';
import type { InstantiateRequest, InstantiationView, TemplateView } from '#contracts/rest/templates.js';
import type { WorkflowVersionView, WorkflowView } from '#contracts/rest/workflows.js';
import { type AccessApi, createAccessApi } from './access-api.js';
import { type AgentsApi, createAgentsApi } from './agents-api.js';
import { type AuditApi, createAuditApi } from './audit-api.js';
import { createGatesApi, type GatesApi } from './gates-api.js';
import { type Endpoint, openStream, type Query, request, toQuery } from './http.js';
import { createIntegrationsApi, type IntegrationsApi } from './integrations-api.js';
import { type OperationCall, pathOf } from './operation-call.js';
import { createPipelinesApi, type PipelinesApi } from './pipelines-api.js';
import { type PageQuery, readAll } from './read-all.js';
import { createRiskApi, type RiskApi } from './risk-api.js';
import { createSchedulesApi, type SchedulesApi } from './schedules-api.js';
import { createVersionsApi, type VersionsApi } from './versions-api.js';
import { createWebhooksApi, type WebhooksApi } from './webhooks-api.js';

/** The REST interface as the commands need it. Every method throws SluiceError: `server-unreachable`, `answer-not-understood`, or the server's own code. */
export interface Api
  extends AccessApi,
    AgentsApi,
    AuditApi,
    GatesApi,
    IntegrationsApi,
    PipelinesApi,
    RiskApi,
    SchedulesApi,
    VersionsApi,
    WebhooksApi {
  /** Without a slash at its end. */
  readonly server: string;
  saveWorkflow(text: string, format: 'yaml' | 'json'): Promise<WorkflowView>;
  /** `workflow`: id or name. */
  execute(workflow: string, request: ExecuteRequest, idempotencyKey: string): Promise<RunView>;
  rerun(id: string, request: RerunRequest, idempotencyKey: string): Promise<RunView>;
  listRuns(query: RunQuery): Promise<Page<RunView>>;
  getRun(id: string): Promise<RunView>;
  getSteps(id: string): Promise<readonly StepView[]>;
  getLogs(id: string, query: LogQuery): Promise<Page<LogView>>;
  /** How much of its time is over, and how much is left. */
  getRemaining(id: string): Promise<RemainingView>;
  /** `workflow`: id or name. */
  getEstimate(workflow: string): Promise<EstimateView>;
  getAdvice(workflow: string): Promise<AdviceView>;
  /** The latest version, with its source. */
  getLatestVersion(workflow: string): Promise<WorkflowVersionView | undefined>;
  getHistory(id: string): Promise<readonly HistoryView[]>;
  getCheckpoints(id: string): Promise<readonly CheckpointView[]>;
  compare(id: string, other: string): Promise<ComparisonView>;
  cancel(id: string, request: CancelRequest): Promise<RunView>;
  operate(id: string, call: OperationCall, idempotencyKey: string): Promise<OperationView>;
  /** `for`: only those that the caller may decide. */
  listApprovals(query: { readonly for?: 'me' }): Promise<readonly ApprovalView[]>;
  /** Times are RFC 3339. */
  getFailures(query: {
    readonly workflow?: string;
    readonly from?: string;
    readonly to?: string;
  }): Promise<FailureStatisticsView>;
  listPools(): Promise<readonly PoolView[]>;
  setPool(name: string, request: PoolRequest): Promise<PoolView>;
  removePool(name: string): Promise<void>;
  listLocks(): Promise<readonly LockView[]>;
  /** `past`: also those that have ended. */
  listFreezes(query: { readonly past?: boolean }): Promise<readonly FreezeView[]>;
  addFreeze(request: FreezeRequest): Promise<FreezeView>;
  removeFreeze(id: string): Promise<void>;
  listTemplates(): Promise<readonly TemplateView[]>;
  getTemplate(name: string): Promise<TemplateView>;
  saveTemplate(text: string): Promise<TemplateView>;
  removeTemplate(name: string): Promise<void>;
  instantiate(template: string, request: InstantiateRequest): Promise<InstantiationView>;
  /** Opens the run's stream of Server-Sent Events, after the event `lastEventId`. */
  openEvents(
    id: string,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>;
}

interface RunQuery extends PageQuery {
  /** One or more, separated by commas. */
  readonly status?: string;
  readonly workflow?: string;
  readonly startedBy?: string;
  readonly text?: string;
}

interface LogQuery extends PageQuery {
  readonly step?: string;
}

/** Slashes at the end of its address count for nothing. */
export function createApi(given: Endpoint): Api {
  const endpoint: Endpoint = { ...given, root: given.root.replace(/\/+$/, '') };
  const get = <T>(path: string, query: Query = {}) =>
    request<T>(endpoint, { method: 'GET', path: path + toQuery(query) });
  const getAll = <T>(path: string, query: Query = {}) =>
    readAll((page) => get<Page<T>>(path, { ...query, ...page }));
  const send = <T>(method: 'POST' | 'PUT', path: string, body: unknown, key?: string) =>
    request<T>(endpoint, {
      method,
      path,
      body: JSON.stringify(body),
      headers: {
        'content-type': 'application/json',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
    });
  return {
    server: endpoint.root,
    saveWorkflow: (text, format) =>
      request(endpoint, {
        method: 'POST',
        path: '/workflows',
        body: text,
        headers: { 'content-type': `application/${format}` },
      }),
    ...createAgentsApi(endpoint),
    ...createGatesApi(endpoint),
    ...createIntegrationsApi(endpoint),
    ...createPipelinesApi(endpoint),
    ...createRiskApi(endpoint),
    ...createSchedulesApi(endpoint),
    ...createWebhooksApi(endpoint),
    ...createVersionsApi(endpoint),
    ...createAuditApi(endpoint),
    ...createAccessApi(endpoint),
    execute: (workflow, body, key) => send('POST', `${workflowPath(workflow)}/execute`, body, key),
    rerun: (id, body, key) => send('POST', `${runPath(id)}/rerun`, body, key),
    listRuns: (query) => get('/runs', { ...query }),
    getRun: (id) => get(runPath(id)),
    getSteps: (id) => getAll(`${runPath(id)}/steps`),
    getLogs: (id, query) => get(`${runPath(id)}/logs`, { ...query }),
    getRemaining: (id) => get(`${runPath(id)}/estimate`),
    getEstimate: (workflow) => get(`${workflowPath(workflow)}/estimate`),
    getAdvice: (workflow) => get(`${workflowPath(workflow)}/advice`),
    getLatestVersion: async (workflow) =>
      (await get<Page<WorkflowVersionView>>(`${workflowPath(workflow)}/versions`, { limit: 1 })).items[0],
    getHistory: (id) => getAll(`${runPath(id)}/history`),
    getCheckpoints: (id) => getAll(`${runPath(id)}/checkpoints`),
    compare: (id, other) => get(`${runPath(id)}/compare/${encodeURIComponent(other)}`),
    cancel: (id, body) => send('POST', `${runPath(id)}/cancel`, body),
    operate: (id, call, key) => send('POST', runPath(id) + pathOf(call), call.body, key),
    listApprovals: (query) => getAll('/approvals', { ...query }),
    getFailures: (query) => get('/failures/statistics', { ...query }),
    listPools: () => getAll('/pools'),
    setPool: (name, body) => send('PUT', poolPath(name), body),
    removePool: (name) => request(endpoint, { method: 'DELETE', path: poolPath(name) }),
    listLocks: () => getAll('/locks'),
    listFreezes: ({ past }) => getAll('/freezes', { ...(past === true && { past: 'true' }) }),
    addFreeze: (body) => send('POST', '/freezes', body),
    listTemplates: () => getAll('/templates'),
    getTemplate: (name) => get(templatePath(name)),
    saveTemplate: (body) =>
      request(endpoint, {
        method: 'POST',
        path: '/templates',
        body,
        headers: { 'content-type': 'application/yaml' },
      }),
    removeTemplate: (name) => request(endpoint, { method: 'DELETE', path: templatePath(name) }),
    instantiate: (name, body) => send('POST', `${templatePath(name)}/instantiate`, body),
    removeFreeze: (id) => request(endpoint, { method: 'DELETE', path: `/freezes/${encodeURIComponent(id)}` }),
    openEvents: (id, lastEventId, signal) =>
      openStream(endpoint, `${runPath(id)}/events`, lastEventId, signal),
  };
}

function runPath(id: string): string {
  return `/runs/${encodeURIComponent(id)}`;
}

function workflowPath(workflow: string): string {
  return `/workflows/${encodeURIComponent(workflow)}`;
}

function templatePath(name: string): string {
  return `/templates/${encodeURIComponent(name)}`;
}

function poolPath(name: string): string {
  return `/pools/${encodeURIComponent(name)}`;
}
