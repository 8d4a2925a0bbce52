import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { CORRELATION_HEADER, correlationIdOf } from './correlation.js';
import type { ApiReply, ApiRequest } from './exchange.js';
import { problemError } from './problem.js';

/** Where connections may become WebSockets; anywhere else the wish is ignored, as HTTP allows (RFC 9110, 7.8). */
const SOCKET_ROUTES = '/ws/';
/** Browsers too old for it name their page in another header than the guard reads. */
const VERSION = '13';
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** Of the routes that there are, none takes messages. */
const MAX_MESSAGE_BYTES = 4 << 10;
const MAX_FRAGMENTS = 64;
/** May be offered; names the form of the messages. */
const SOCKET_PROTOCOL = 'sluice.events.v1';

interface Upgrade {
  readonly socket: Socket;
  /** What came behind the request. */
  readonly head: Buffer;
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>();
const sockets = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE_BYTES,
  maxFragments: MAX_FRAGMENTS,
  handleProtocols: (offered) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
});
sockets.on('headers', (headers, request) => {
  headers.push(`${CORRELATION_HEADER}: ${correlationIdOf({ raw: request })}`);
});

/** Whether Node should hand the connection over instead of answering as ever. */
export function asksForSocket({ method, url = '', headers }: IncomingMessage): boolean {
  return (
    method === 'GET' && url.startsWith(SOCKET_ROUTES) && headers.upgrade?.trim().toLowerCase() === 'websocket'
  );
}

/**
 * Requests for a WebSocket go the way of all others, through hooks, guards and pipes, and are refused as they are. The
 * route that takes one calls `openSocket`.
 */
export function routeUpgrades(
  server: Pick<Server, 'on'>,
  route: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // Node leaves the socket without a listener here; what is broken is over.
    socket.on('error', () => socket.destroy());
    upgrades.set(request, { socket, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.on('finish', () => {
      response.detachSocket(socket);
      socket.destroySoon();
    });
    route(request, response);
  });
}

/** Throws SluiceError `upgrade-required`, `request-malformed` where the request is no handshake (RFC 6455, 4.2.1). */
export function requireHandshake(request: ApiRequest, reply: ApiReply): void {
  const { headers } = request;
  if (!upgrades.has(request.raw) || headers['sec-websocket-version'] !== VERSION) {
    reply.header('upgrade', 'websocket').header('sec-websocket-version', VERSION);
    throw problemError('upgrade-required', `Only a WebSocket of version ${VERSION} can be had here.`);
  }
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) {
    throw problemError('request-malformed', 'The header Sec-WebSocket-Key is missing or wrong.');
  }
}

/** Answers with 101; call after `requireHandshake` and `hijack`. Undefined where the client has gone meanwhile. */
export function openSocket(request: ApiRequest, reply: ApiReply): WebSocket | undefined {
  const { socket, head } = upgrades.get(request.raw)!;
  upgrades.delete(request.raw);
  reply.raw.detachSocket(socket);
  let opened: WebSocket | undefined;
  sockets.handleUpgrade(request.raw, socket, head, (webSocket) => {
    opened = webSocket;
  });
  return opened;
}
