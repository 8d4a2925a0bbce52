import type {
  CancelRequest,
  ExecuteRequest,
  LogView,
  Page,
  Problem,
  RunView,
  StepView,
  WorkflowView,
} from '#contracts/rest.js';
import type { Json } from '#domain/json.js';
import { problemError, strangeAnswerError, unreachableError } from './server-error.js';

/** The REST interface as the commands need it. Every method throws SluiceError: `server-unreachable`, `answer-not-understood`, or the server's own code. */
export interface Api {
  /** Without a slash at its end. */
  readonly server: string;
  saveWorkflow(text: string, format: 'yaml' | 'json'): Promise<WorkflowView>;
  /** `workflow`: id or name. */
  execute(workflow: string, request: ExecuteRequest, idempotencyKey: string): Promise<RunView>;
  listRuns(query: PageQuery): Promise<Page<RunView>>;
  getRun(id: string): Promise<RunView>;
  getSteps(id: string): Promise<readonly StepView[]>;
  getLogs(id: string, query: LogQuery): Promise<Page<LogView>>;
  cancel(id: string, request: CancelRequest): Promise<RunView>;
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

type Query = Readonly<Record<string, string | number | undefined>>;

/** `server` is the address without `/api/v1`. */
export function createApi(server: string): Api {
  const root = server.replace(/\/+$/, '');
  const get = <T>(path: string, query: Query = {}) => request<T>(root, 'GET', path + toQuery(query));
  const post = <T>(path: string, body: string, headers: Record<string, string>) =>
    request<T>(root, 'POST', path, { body, headers });
  return {
    server: root,
    saveWorkflow: (text, format) => post('/workflows', text, { 'content-type': `application/${format}` }),
    execute: (workflow, body, key) =>
      post(`/workflows/${encodeURIComponent(workflow)}/execute`, JSON.stringify(body), {
        'content-type': 'application/json',
        'idempotency-key': key,
      }),
    listRuns: (query) => get('/runs', { ...query }),
    getRun: (id) => get(runPath(id)),
    getSteps: (id) => readAll((query) => get<Page<StepView>>(`${runPath(id)}/steps`, { ...query })),
    getLogs: (id, query) => get(`${runPath(id)}/logs`, { ...query }),
    cancel: (id, body) =>
      post(`${runPath(id)}/cancel`, JSON.stringify(body), { 'content-type': 'application/json' }),
    openEvents: (id, lastEventId, signal) => openEvents(root, id, lastEventId, signal),
  };
}

function runPath(id: string): string {
  return `/runs/${encodeURIComponent(id)}`;
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

function toQuery(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      parameters.set(name, String(value));
    }
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

interface Sent {
  readonly body: string;
  readonly headers: Record<string, string>;
}

async function request<T>(root: string, method: 'GET' | 'POST', path: string, sent?: Sent): Promise<T> {
  const response = await send(root, path, {
    method,
    headers: { accept: 'application/json', ...sent?.headers },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    ...(sent !== undefined && { body: sent.body }),
  });
  const body = await readJson(root, response);
  if (!response.ok) {
    throw toError(root, response.status, body);
  }
  return body as T;
}

const ANSWER_WITHIN_MS = 30_000;

async function send(root: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(`${root}/api/v1${path}`, init);
  } catch (error) {
    throw unreachableError(root, error);
  }
}

async function readJson(root: string, response: Response): Promise<Json | undefined> {
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    throw unreachableError(root, error);
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    if (response.ok) {
      throw strangeAnswerError(root, 'the answer is not JSON');
    }
    return undefined;
  }
}

function toError(root: string, status: number, body: Json | undefined) {
  const isProblem =
    typeof body === 'object' && body !== null && 'code' in body && 'title' in body && 'detail' in body;
  return isProblem
    ? problemError(body as unknown as Problem)
    : strangeAnswerError(root, `it answered with status ${status}`);
}

async function openEvents(
  root: string,
  id: string,
  lastEventId: string | undefined,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const response = await send(root, `${runPath(id)}/events`, {
    headers: {
      accept: 'text/event-stream',
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    signal,
  });
  if (!response.ok) {
    throw toError(root, response.status, await readJson(root, response));
  }
  if (!response.headers.get('content-type')?.startsWith('text/event-stream') || response.body === null) {
    await response.body?.cancel();
    throw strangeAnswerError(root, 'it does not stream the events of a run');
  }
  return response.body;
}
