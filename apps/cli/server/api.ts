import type {
  ApprovalView,
  CancelRequest,
  CheckpointView,
  ComparisonView,
  ExecuteRequest,
  FailureStatisticsView,
  FreezeRequest,
  FreezeView,
  HistoryView,
  LockView,
  LogView,
  OperationView,
  Page,
  PoolRequest,
  PoolView,
  RerunRequest,
  RunView,
  StepView,
  WorkflowView,
} from '#contracts/rest.js';
import { type Endpoint, openStream, type Query, request, toQuery } from './http.js';
import { type OperationCall, pathOf } from './operation-call.js';

/** The REST interface as the commands need it. Every method throws SluiceError: `server-unreachable`, `answer-not-understood`, or the server's own code. */
export interface Api {
  /** Without a slash at its end. */
  readonly server: string;
  saveWorkflow(text: string, format: 'yaml' | 'json'): Promise<WorkflowView>;
  /** `workflow`: id or name. */
  execute(workflow: string, request: ExecuteRequest, idempotencyKey: string): Promise<RunView>;
  rerun(id: string, request: RerunRequest, idempotencyKey: string): Promise<RunView>;
  listRuns(query: PageQuery): Promise<Page<RunView>>;
  getRun(id: string): Promise<RunView>;
  getSteps(id: string): Promise<readonly StepView[]>;
  getLogs(id: string, query: LogQuery): Promise<Page<LogView>>;
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
  /** Opens the run's stream of Server-Sent Events, after the event `lastEventId`. */
  openEvents(
    id: string,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>;
}

interface PageQuery {
  readonly limit?: number;
  readonly after?: string;
}

interface LogQuery extends PageQuery {
  readonly step?: string;
}

/** `server` is the address without `/api/v1`. */
export function createApi(server: string, actor?: string): Api {
  const endpoint: Endpoint = { root: server.replace(/\/+$/, ''), ...(actor !== undefined && { actor }) };
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
    execute: (workflow, body, key) =>
      send('POST', `/workflows/${encodeURIComponent(workflow)}/execute`, body, key),
    rerun: (id, body, key) => send('POST', `${runPath(id)}/rerun`, body, key),
    listRuns: (query) => get('/runs', { ...query }),
    getRun: (id) => get(runPath(id)),
    getSteps: (id) => getAll(`${runPath(id)}/steps`),
    getLogs: (id, query) => get(`${runPath(id)}/logs`, { ...query }),
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
    removeFreeze: (id) => request(endpoint, { method: 'DELETE', path: `/freezes/${encodeURIComponent(id)}` }),
    openEvents: (id, lastEventId, signal) =>
      openStream(endpoint, `${runPath(id)}/events`, lastEventId, signal),
  };
}

function runPath(id: string): string {
  return `/runs/${encodeURIComponent(id)}`;
}

function poolPath(name: string): string {
  return `/pools/${encodeURIComponent(name)}`;
}

async function readAll<T>(read: (query: PageQuery) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = await read(after === undefined ? {} : { after });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}
