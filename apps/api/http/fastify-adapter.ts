import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import type { Door } from '../auth/door.js';
import type { Configuration } from '../configuration.js';
import { EVENT_MEDIA_TYPES } from '../webhooks/received-event.js';
import { allowGuest, CODEC_ROUTES, findGuest, GUEST_ROUTE } from './codec-guest.js';
import { CORRELATION_HEADER, chooseCorrelationId, correlationIdOf } from './correlation.js';
import { type ApiReply, type ApiRequest, PROBLEM_MEDIA_TYPE } from './exchange.js';
import { refuseForeignPages } from './loopback-guard.js';
import { problemError, toProblem } from './problem.js';
import { BODY_LIMIT, decodeBody, parseJsonBody, refuseForbiddenKeys } from './request-body.js';
import type { RequestObserver } from './request-observer.js';
import type { RouteTable } from './route-table.js';
import { asksForSocket, routeUpgrades } from './websocket-upgrade.js';

/** The route whose body is a model of risks. */
const MODEL_ROUTE = '/api/v1/risk/model';
const MODEL_BODY_LIMIT = 8 << 20;

/** Routes whose body is the definition, the template, the gate or the model itself. */
const TEXT_ROUTES: readonly (string | undefined)[] = [
  '/api/v1/workflows',
  '/api/v1/workflows/validate',
  '/api/v1/templates',
  '/api/v1/gates/:name',
  MODEL_ROUTE,
];
export const DEFINITION_MEDIA_TYPES = [
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'application/json',
];

/** The route whose body holds many definitions. */
const IMPORT_ROUTE = '/api/v1/imports';
const IMPORT_BODY_LIMIT = 16 << 20;

/** Of whatever is away for the moment. */
const RETRY_AFTER_SECONDS = 2;

const CHALLENGE = 'Bearer realm="sluice"';
const NOTHING_SHOWN = 'The request has no credentials.';

/** The routes by which events come in: what was signed is the body's bytes. */
const HOOK_ROUTES: readonly (string | undefined)[] = ['/hooks/:id', '/hooks/integrations/:id'];

/** Above what Temporal takes as one payload, in base64. */
const CODEC_BODY_LIMIT = 8 << 20;

interface AdapterOptions {
  readonly logger: Logger;
  readonly routes: RouteTable;
  readonly door: Door;
  /** May be filled later. */
  readonly observers: readonly RequestObserver[];
  readonly configuration: Pick<Configuration, 'uiUrl' | 'loopback' | 'trustedProxies' | 'webhookBody'>;
}

/** Fastify as the API needs it: the door, bodies, the guard of loopback, correlation ids, one line of log a request. */
export function createFastifyAdapter({
  logger,
  routes,
  door,
  configuration,
  observers,
}: AdapterOptions): FastifyAdapter {
  const { uiUrl, loopback, trustedProxies } = configuration;
  const adapter = new FastifyAdapter({
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: BODY_LIMIT,
    exposeHeadRoutes: false,
    // Keys of steps, each of their brackets encoded by three characters.
    routerOptions: { maxParamLength: 1_200 },
    forceCloseConnections: true,
    http: { shouldUpgradeCallback: asksForSocket },
    frameworkErrors: (error: unknown, request: unknown, reply: unknown) =>
      refuseUnread(error, request as ApiRequest, reply as ApiReply),
    clientErrorHandler: (error: ClientError, socket: Socket) => refuseConnection(error, socket),
  });
  const instance = adapter.getInstance();
  routeUpgrades(instance.server, (request, response) => instance.routing(request, response));
  instance.addHook('onRoute', (route) => {
    routes.add(route.method, route.url);
    if (route.url.startsWith(CODEC_ROUTES)) route.bodyLimit = CODEC_BODY_LIMIT;
    if (route.url === IMPORT_ROUTE) route.bodyLimit = IMPORT_BODY_LIMIT;
    if (route.url === MODEL_ROUTE) route.bodyLimit = MODEL_BODY_LIMIT;
    if (HOOK_ROUTES.includes(route.url)) route.bodyLimit = configuration.webhookBody;
  });
  instance.addHook('onRequest', async (request, reply) => {
    for (const observer of observers) observer.begun(request);
    // Also of an answer that nobody waited for, or that we write past Fastify.
    reply.raw.once('close', () => {
      for (const observer of observers) observer.answered(request, reply);
    });
    reply.header(CORRELATION_HEADER, correlationIdOf(request));
    reply.header('x-content-type-options', 'nosniff');
    const guest = findGuest(request, uiUrl);
    refuseForeignPages(request.headers, { guest, loopback });
    if (guest !== undefined) {
      for (const [name, value] of Object.entries(allowGuest(guest))) reply.header(name, value);
      if (request.method === 'OPTIONS') return reply.code(204).send();
    }
    const isGuest = guest !== undefined && loopback && request.routeOptions.url === GUEST_ROUTE;
    await door.enter(request, reply as unknown as ApiReply, isGuest);
    // Before its body is looked at, of which nothing here knows what it should be.
    if (request.is404) throw routes.refuse(request, reply as unknown as ApiReply);
  });
  instance.addHook('preParsing', async (request) => {
    if (HOOK_ROUTES.includes(request.routeOptions.url)) refuseEncoded(request);
  });
  instance.addHook('preValidation', async (request) => refuseForbiddenKeys(request.query));
  instance.addHook('onResponse', async (request, reply) => logRequest(logger, request, reply));
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser(
    [...DEFINITION_MEDIA_TYPES, ...EVENT_MEDIA_TYPES],
    { parseAs: 'buffer' },
    async (request: ApiRequest, body: string | Buffer) => readBody(request, Buffer.from(body)),
  );
  return adapter;
}

function readBody(request: ApiRequest, body: Buffer): unknown {
  if (HOOK_ROUTES.includes(request.routeOptions.url)) return readEventBody(request, body);
  if (EVENT_MEDIA_TYPES.some((type) => type === mediaTypeOf(request))) throw notJson();
  const text = decodeBody(body);
  if (TEXT_ROUTES.includes(request.routeOptions.url)) return text;
  if (mediaTypeOf(request) !== 'application/json') throw notJson();
  return parseJsonBody(text);
}

function notJson(): Error {
  return problemError('media-type-unsupported', 'The body must be application/json.');
}

function readEventBody(request: ApiRequest, body: Buffer): Buffer {
  const type = mediaTypeOf(request);
  if (type === 'application/json' || EVENT_MEDIA_TYPES.some((known) => known === type)) return body;
  throw problemError('media-type-unsupported', 'An event is JSON, a form that holds it, or a CloudEvent.');
}

/** Nothing is unpacked: a small body stays small. Throws SluiceError `media-type-unsupported`. */
function refuseEncoded({ headers }: Pick<ApiRequest, 'headers'>): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() === 'identity') return;
  throw problemError('media-type-unsupported', 'The body of an event must not be compressed.');
}

/** Without parameters, in lower case. */
export function mediaTypeOf(request: Pick<ApiRequest, 'headers'>): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** In seconds; as long as the other side asks for, where it does. */
function retryAfterOf(error: unknown): number {
  const { details } = (error ?? {}) as { readonly details?: { readonly retryAfterMs?: unknown } };
  const ms = Number(details?.retryAfterMs ?? 0);
  return ms > 0 ? Math.ceil(ms / 1_000) : RETRY_AFTER_SECONDS;
}

export function sendProblem(error: unknown, request: ApiRequest, reply: ApiReply): void {
  if (reply.sent) return;
  const problem = toProblem(error, correlationIdOf(request));
  reply.header(CORRELATION_HEADER, problem.correlationId);
  if (problem.status === 503) reply.header('retry-after', String(retryAfterOf(error)));
  // RFC 6750, 3: an error is named only where something was shown.
  if (problem.code === 'credentials-missing') reply.header('www-authenticate', CHALLENGE);
  if (problem.code === 'credentials-invalid') {
    reply.header('www-authenticate', `${CHALLENGE}, error="invalid_token"`);
  }
  reply.code(problem.status).header('content-type', PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem));
}

/** An address that cannot be read is nobody's; who shows nothing learns no more of it than of any other. */
function refuseUnread(error: unknown, request: ApiRequest, reply: ApiReply): void {
  const shown = request.headers.authorization !== undefined;
  sendProblem(shown ? error : problemError('credentials-missing', NOTHING_SHOWN), request, reply);
}

type ClientError = Error & { readonly code?: string | undefined; readonly rawPacket?: unknown };

/** What is not HTTP has no request to answer to. A method that nobody knows is, for who shows no credentials, like any other. */
function refuseConnection(cause: ClientError, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const sent = Buffer.isBuffer(cause.rawPacket) ? cause.rawPacket.toString('latin1') : '';
  const unknown = cause.code === 'HPE_INVALID_METHOD' && /^[A-Z]+ \/\S* HTTP\/1\./.test(sent);
  const error =
    unknown && !/^authorization:/im.test(sent)
      ? problemError('credentials-missing', NOTHING_SHOWN)
      : problemError('request-malformed', 'The request is not valid HTTP.');
  const problem = toProblem(error, chooseCorrelationId({}));
  const body = JSON.stringify(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
      `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
      ...(problem.status === 401 ? [`WWW-Authenticate: ${CHALLENGE}`] : []),
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

function logRequest(logger: Logger, request: ApiRequest, reply: ApiReply): void {
  const status = reply.statusCode;
  const line = {
    method: request.method,
    path: request.url.split('?', 1)[0],
    status,
    ms: Math.round(reply.elapsedTime),
    correlationId: correlationIdOf(request),
  };
  if (status >= 500) logger.error(line, 'request');
  else logger.info(line, 'request');
}
