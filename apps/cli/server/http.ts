import type { Problem } from '#contracts/rest/problem.js';
import type { Json } from '#domain/json.js';
import { problemError, strangeAnswerError, unreachableError } from './server-error.js';

/** The server asked, and by whom. */
export interface Endpoint {
  /** Address without `/api/v1` and without a slash at its end. */
  readonly root: string;
  /** API key or token. */
  readonly credentials?: string;
  /** Project that is asked about; the server's choice where absent. */
  readonly project?: string;
  /** Person in whose name the administrator of this machine asks. */
  readonly actor?: string;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the answer may take; half a minute when absent. */
  readonly withinMs?: number;
}

const ANSWER_WITHIN_MS = 30_000;

/** The answer's JSON; undefined where it has no content (204). Throws SluiceError as `Api` says. */
export async function request<T>(endpoint: Endpoint, asked: Asked): Promise<T> {
  return (await requestTagged<T>(endpoint, asked)).body;
}

/** The same with its entity tag, where it has one. */
export async function requestTagged<T>(
  endpoint: Endpoint,
  asked: Asked,
): Promise<{ readonly body: T; readonly tag?: string }> {
  const response = await send(endpoint, asked.path, {
    method: asked.method,
    headers: { accept: 'application/json', ...asked.headers },
    signal: AbortSignal.timeout(asked.withinMs ?? ANSWER_WITHIN_MS),
    ...(asked.body !== undefined && { body: asked.body }),
  });
  if (response.status === 204) {
    return { body: undefined as T };
  }
  const body = await readJson(endpoint.root, response);
  if (!response.ok) {
    throw toError(endpoint.root, response.status, body);
  }
  const tag = response.headers.get('etag');
  return { body: body as T, ...(tag !== null && { tag }) };
}

/** Opens an answer that comes as JSON lines, for as long as it takes. */
export async function openLines(
  endpoint: Endpoint,
  { method, path, body, headers }: Omit<Asked, 'withinMs'>,
): Promise<AsyncIterable<Uint8Array>> {
  const { root } = endpoint;
  const response = await send(endpoint, path, {
    method,
    headers: { accept: 'application/jsonl', ...headers },
    ...(body !== undefined && { body }),
  });
  if (!response.ok) throw toError(root, response.status, await readJson(root, response));
  if (!response.headers.get('content-type')?.startsWith('application/jsonl') || response.body === null) {
    await response.body?.cancel();
    throw strangeAnswerError(root, 'it does not answer with JSON lines');
  }
  return response.body;
}

/** Opens an answer that is plain text, for as long as it takes. */
export async function openText(endpoint: Endpoint, path: string): Promise<AsyncIterable<Uint8Array>> {
  const { root } = endpoint;
  const response = await send(endpoint, path, { headers: { accept: 'text/plain' } });
  if (!response.ok) throw toError(root, response.status, await readJson(root, response));
  if (!response.headers.get('content-type')?.startsWith('text/plain') || response.body === null) {
    await response.body?.cancel();
    throw strangeAnswerError(root, 'it does not answer with plain text');
  }
  return response.body;
}

/** Opens a stream of Server-Sent Events. */
export async function openStream(
  endpoint: Endpoint,
  path: string,
  lastEventId: string | undefined,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const { root } = endpoint;
  const response = await send(endpoint, path, {
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

export function toQuery(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      parameters.set(name, String(value));
    }
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

type Init = RequestInit & { readonly headers: Readonly<Record<string, string>> };

async function send(endpoint: Endpoint, path: string, init: Init): Promise<Response> {
  const { root, credentials, project, actor } = endpoint;
  const headers = {
    ...init.headers,
    ...(credentials !== undefined && { authorization: `Bearer ${credentials}` }),
    ...(project !== undefined && { 'x-sluice-project': project }),
    ...(actor !== undefined && { 'x-sluice-actor': actor }),
  };
  try {
    return await fetch(`${root}/api/v1${path}`, { ...init, headers });
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
