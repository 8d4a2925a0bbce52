import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Problem } from '#contracts/rest/problem.js';
import type { LogView, RunView, StepView } from '#contracts/rest/runs.js';
import type { WorkflowView } from '#contracts/rest/workflows.js';

/** One connection to the event stream: what it sends, and whether it then closes, breaks, or stays open. */
interface StreamScript {
  readonly events: readonly { readonly id?: string; readonly event: string; readonly data: unknown }[];
  readonly then: 'close' | 'break' | 'stay';
}

/** What the server knows and does. A test may change it while it runs. */
export interface Script {
  /** What saving a definition answers with. */
  workflow?: WorkflowView;
  /** Newest first. */
  runs: RunView[];
  steps: StepView[];
  logs: LogView[];
  /** By connection, in order; where there is none left, the server cannot stream (answers in HTML). */
  streams: StreamScript[];
  /** By `METHOD /path`: what all else answers with; a list comes in pages, undefined without content. */
  answers: Record<string, unknown>;
  /** By `METHOD /path`: what answers with JSON lines. */
  lines: Record<string, string>;
  /** By `METHOD /path`: what answers with plain text. */
  texts: Record<string, string>;
  /** By `METHOD /path`: a refusal instead of the answer. */
  refusals: Record<string, Problem>;
  /** By `METHOD /path`: how many requests end without any answer first. */
  breaks: Record<string, number>;
}

interface Received {
  readonly route: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface ContractServer {
  readonly url: string;
  readonly script: Script;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback that speaks the REST contract from a script. */
export async function startContractServer(given: Partial<Script> = {}): Promise<ContractServer> {
  const script: Script = {
    runs: [],
    steps: [],
    logs: [],
    streams: [],
    answers: {},
    lines: {},
    texts: {},
    refusals: {},
    breaks: {},
    ...given,
  };
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://server');
    const route = `${request.method} ${url.pathname.replace('/api/v1', '')}`;
    const seen = { route, query: url.searchParams, headers: request.headers, body: await readBody(request) };
    received.push(seen);
    answer(script, seen, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    script,
    received,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function answer(script: Script, request: Received, response: ServerResponse): void {
  const { route } = request;
  const breaks = script.breaks[route] ?? 0;
  if (breaks > 0) {
    script.breaks[route] = breaks - 1;
    response.destroy();
    return;
  }
  const refusal = script.refusals[route];
  if (refusal !== undefined) {
    response.writeHead(refusal.status, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify(refusal));
    return;
  }
  const lines = script.lines[route];
  if (lines !== undefined) {
    response.writeHead(200, { 'content-type': 'application/jsonl; charset=utf-8' });
    response.end(lines);
    return;
  }
  const text = script.texts[route];
  if (text !== undefined) {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(text);
    return;
  }
  if (Object.hasOwn(script.answers, route)) {
    return sendScripted(script.answers[route], request, response);
  }
  const [, resource, id, part] = route.split(' ')[1]!.split('/');
  if (resource === 'workflows') {
    send(response, part === 'execute' ? 202 : 201, part === 'execute' ? script.runs[0] : script.workflow);
  } else if (part === 'events' && route.startsWith('GET')) {
    stream(script.streams.shift(), response);
  } else {
    answerRuns(script, request, response, id, part);
  }
}

function sendScripted(answered: unknown, request: Received, response: ServerResponse): void {
  if (answered === undefined) {
    response.writeHead(204).end();
    return;
  }
  const body = Array.isArray(answered)
    ? page(answered, request.query, (_, index) => String(index + 1))
    : answered;
  send(response, request.route.endsWith('/rerun') ? 202 : 200, body);
}

function answerRuns(
  script: Script,
  request: Received,
  response: ServerResponse,
  id: string | undefined,
  part: string | undefined,
): void {
  if (id === undefined) {
    return send(
      response,
      200,
      page(script.runs, request.query, (_, index) => String(index + 1)),
    );
  }
  const run = script.runs.find((each) => each.id === id);
  if (run === undefined) {
    return send(response, 404, notFound(id));
  }
  switch (part) {
    case undefined:
      return send(response, 200, run);
    case 'cancel':
      return send(response, 202, { ...run, status: 'canceling' });
    case 'steps':
      return send(
        response,
        200,
        page(script.steps, request.query, (step) => step.key),
      );
    case 'logs': {
      const step = request.query.get('step');
      const logs = script.logs.filter((log) => step === null || log.step === step);
      return send(
        response,
        200,
        page(logs, request.query, (log) => log.cursor),
      );
    }
    default:
      return send(response, 404, { ...notFound(id), code: 'route-not-found', title: 'No such route' });
  }
}

/** At most two items a page, so that every reader has to turn one. */
const PAGE_SIZE = 2;

function page<T>(items: readonly T[], query: URLSearchParams, cursorOf: (item: T, index: number) => string) {
  const after = query.get('after');
  const from = after === null ? 0 : items.findIndex((item, index) => cursorOf(item, index) === after) + 1;
  const shown = items.slice(from, from + Math.min(PAGE_SIZE, Number(query.get('limit') ?? PAGE_SIZE)));
  const end = from + shown.length;
  return end < items.length ? { items: shown, next: cursorOf(items[end - 1]!, end - 1) } : { items: shown };
}

function stream(script: StreamScript | undefined, response: ServerResponse): void {
  if (script === undefined) {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<p>no streams here</p>');
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(': hello\nretry: 1\n\n');
  for (const { id, event, data } of script.events) {
    response.write(
      `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    );
  }
  if (script.then === 'close') {
    response.end();
  } else if (script.then === 'break') {
    // What was written must leave first: a break is no loss of what came before it.
    response.write('event: step\ndata: {"cut', () => response.destroy());
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type });
  response.end(JSON.stringify(body));
}

function notFound(id: string): Problem {
  return {
    type: 'https://sluice.dev/problems/run-not-found',
    title: 'Run not found',
    status: 404,
    detail: `There is no run ${id}.`,
    code: 'run-not-found',
    hint: 'List the runs: GET /api/v1/runs',
    correlationId: 'c-404',
  };
}
