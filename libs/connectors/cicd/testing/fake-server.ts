import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FakeRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and query, as they came. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of the answer; 0 until there is one, and where it was lost. */
  status: number;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

/** What goes wrong with one request. */
export type Fault =
  /** Answers so, and does nothing. */
  | ({ readonly kind: 'answer' } & FakeAnswer)
  /** Does what is asked, and closes the connection without an answer. */
  | { readonly kind: 'lost' }
  /** Closes the connection amid the body of its answer. */
  | { readonly kind: 'cut' }
  /** Sends its answer in parts of one byte, with a pause before each. */
  | { readonly kind: 'slow'; readonly pauseMs: number }
  /** Never answers. */
  | { readonly kind: 'stall' };

interface PlannedFault {
  readonly fault: Fault;
  times: number;
  readonly when: (request: FakeRequest) => boolean;
}

/** Faults that are still to come. */
export class Faults {
  private readonly planned: PlannedFault[] = [];

  /** For the next `times` requests that `when` fits; all when absent. */
  plan(fault: Fault, { times = 1, when = () => true }: Partial<Omit<PlannedFault, 'fault'>> = {}): void {
    this.planned.push({ fault, times, when });
  }

  clear(): void {
    this.planned.length = 0;
  }

  take(request: FakeRequest): Fault | undefined {
    const found = this.planned.find(({ times, when }) => times > 0 && when(request));
    if (found !== undefined) found.times -= 1;
    return found?.fault;
  }
}

interface Served {
  readonly url: string;
  readonly requests: readonly FakeRequest[];
  readonly faults: Faults;
  close(): Promise<void>;
}

/** Serves `answer` on a free port of this machine, keeps what was asked, and does what `faults` plan. */
export async function startFakeServer(
  answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>,
  tls?: { readonly key: string; readonly cert: string },
): Promise<Served> {
  const requests: FakeRequest[] = [];
  const faults = new Faults();
  const stopped = new AbortController();
  const serve = (incoming: IncomingMessage, response: ServerResponse) => {
    void readRequest(incoming)
      .then(async (request) => {
        requests.push(request);
        await respond(request, response, { answer, fault: faults.take(request), signal: stopped.signal });
      })
      .catch((error: unknown) => {
        if (!stopped.signal.aborted && !response.headersSent)
          response.writeHead(599, { 'content-type': 'text/plain' }).end(String(error));
        else response.destroy();
      });
  };
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    faults,
    close: () =>
      new Promise((resolve) => {
        stopped.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const target = incoming.url ?? '/';
  const { pathname, searchParams } = new URL(target, 'http://fake');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(', ')]);
  return {
    method: incoming.method ?? 'GET',
    path: pathname,
    query: searchParams,
    target,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(parts).toString('utf8'),
    status: 0,
  };
}

interface Service {
  readonly answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;
  readonly fault: Fault | undefined;
  readonly signal: AbortSignal;
}

async function respond(
  request: FakeRequest,
  response: ServerResponse,
  { answer, fault, signal }: Service,
): Promise<void> {
  if (fault?.kind === 'stall') return;
  const { status, headers, json, body } = fault?.kind === 'answer' ? fault : await answer(request);
  if (fault?.kind === 'lost') return void response.destroy();
  request.status = status;
  const sent = json === undefined ? (body ?? '') : JSON.stringify(json);
  const type = json === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  if (fault === undefined && (typeof sent === 'string' || sent instanceof Uint8Array)) {
    response.writeHead(status, { ...type, ...headers }).end(sent);
    return;
  }
  response.writeHead(status, { ...type, ...headers });
  const whole = typeof sent === 'string' ? Buffer.from(sent) : sent;
  if (fault?.kind === 'cut' && whole instanceof Uint8Array) {
    response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
    return;
  }
  for await (const part of whole instanceof Uint8Array ? toBytes(whole) : whole) {
    if (fault?.kind === 'slow') await sleep(fault.pauseMs, undefined, { signal });
    if (response.destroyed) return;
    if (!response.write(part)) await drained(response);
  }
  response.end();
}

async function* toBytes(whole: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < whole.length; at += 1) yield whole.subarray(at, at + 1);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
