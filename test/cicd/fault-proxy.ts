import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../random.js';

/** What goes wrong with one request. */
export type ProxyFault =
  /** Answered so; the server is asked nothing. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The server does what is asked, and its answer never comes: the connection is closed. */
  | { readonly kind: 'lost' }
  /** The connection is closed amid the body of the answer. */
  | { readonly kind: 'cut' }
  /** The answer comes in parts of a few bytes, with a pause before each. */
  | { readonly kind: 'slow'; readonly pauseMs: number };

/** One request and what became of it. */
export interface Exchange {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly fault?: ProxyFault;
  /** Of the server, however little of its answer came through; 0 while there is none. */
  status: number;
  /** Of the server's answer. */
  answered: IncomingMessage['headers'];
  /** What the server said, at most its first 64 KiB. */
  answer: Buffer;
}

type Asked = Pick<Exchange, 'method' | 'target'>;

interface Planned {
  readonly fault: ProxyFault;
  readonly when: (asked: Asked) => boolean;
  times: number;
}

/** Faults as they come: by chance, the same for the same seed and the same order of requests. */
interface Chance {
  readonly seed: number;
  /** Of all requests, from 0 to 1, that have one. */
  readonly share: number;
  readonly faults: readonly ProxyFault[];
  /** Which ones may have one; all when absent. */
  readonly when?: (asked: Asked) => boolean;
}

export interface FaultProxy {
  /** Base URL that stands for the server's own. */
  readonly url: string;
  /** In the order in which they came. */
  readonly exchanges: Exchange[];
  /** For the next `times` requests that `when` fits; the next one of all when both are absent. */
  plan(fault: ProxyFault, how?: Partial<Omit<Planned, 'fault'>>): void;
  /** From now on, beside what is planned; undefined: no more. */
  leaveToChance(chance: Chance | undefined): void;
  close(): Promise<void>;
}

/** What servers of CI/CD and what stands before them do on bad days; none of these asks for a long wait. */
export const USUAL_FAULTS: readonly ProxyFault[] = [
  { kind: 'answer', status: 429 },
  { kind: 'answer', status: 429, headers: { 'retry-after': '1' } },
  { kind: 'answer', status: 500, body: 'oops' },
  { kind: 'answer', status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad Gateway</html>' },
  { kind: 'answer', status: 503 },
  { kind: 'lost' },
  { kind: 'cut' },
  { kind: 'slow', pauseMs: 1 },
];

const MOST_KEPT = 64 * 1024;
const SLOW_BYTES = 16;

/** Stands before a server (its base URL, of http), passes on what is asked, and does harm as planned. */
export async function startFaultProxy(base: string): Promise<FaultProxy> {
  const exchanges: Exchange[] = [];
  const planned: Planned[] = [];
  let byChance = (_asked: Asked): ProxyFault | undefined => undefined;
  const take = (asked: Asked) => {
    const due = planned.find(({ times, when }) => times > 0 && when(asked));
    if (due === undefined) return byChance(asked);
    due.times -= 1;
    return due.fault;
  };
  const server = createServer((incoming, response) => {
    void serve(base, { incoming, response, exchanges, take }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${new URL(base).pathname.replace(/\/$/, '')}`,
    exchanges,
    plan: (fault, { times = 1, when = () => true } = {}) => planned.push({ fault, times, when }),
    leaveToChance(chance) {
      byChance = chance === undefined ? () => undefined : createChance(chance);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createChance({ seed, share, faults, when = () => true }: Chance) {
  const random = createRandom(seed);
  return (asked: Asked) => {
    if (!when(asked) || random() >= share) return undefined;
    return faults[Math.floor(random() * faults.length)];
  };
}

interface Service {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly exchanges: Exchange[];
  readonly take: (asked: Asked) => ProxyFault | undefined;
}

async function serve(base: string, { incoming, response, exchanges, take }: Service): Promise<void> {
  const asked = { method: incoming.method ?? 'GET', target: incoming.url ?? '/' };
  const fault = take(asked);
  const parts: Buffer[] = [];
  const exchange: Exchange = {
    ...asked,
    headers: incoming.headers,
    status: 0,
    answered: {},
    answer: Buffer.alloc(0),
    body: Buffer.alloc(0),
    ...(fault === undefined ? {} : { fault }),
  };
  exchanges.push(exchange);
  for await (const part of incoming) parts.push(part as Buffer);
  Object.assign(exchange, { body: Buffer.concat(parts) });
  if (fault?.kind === 'answer') {
    response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
    return;
  }
  const answer = await pass(base, exchange);
  exchange.status = answer.statusCode ?? 0;
  exchange.answered = answer.headers;
  if (fault === undefined || fault.kind === 'slow') await relay(answer, response, { exchange, fault });
  else await withhold(answer, response, { exchange, fault });
}

/** Asks the server itself. */
function pass(base: string, { method, target, headers, body }: Exchange): Promise<IncomingMessage> {
  const { host: _host, connection: _connection, 'transfer-encoding': _coding, ...kept } = headers;
  return new Promise((resolve, reject) => {
    const url = new URL(base).origin + target;
    const sent = send(
      url,
      { method, headers: { ...kept, ...(body.length === 0 ? {} : { 'content-length': body.length }) } },
      resolve,
    );
    sent.once('error', reject).end(body);
  });
}

interface Passage {
  readonly exchange: Exchange;
  readonly fault: ProxyFault | undefined;
}

async function relay(
  answer: IncomingMessage,
  response: ServerResponse,
  { exchange, fault }: Passage,
): Promise<void> {
  response.writeHead(exchange.status, withoutHops(answer.headers));
  for await (const part of answer as AsyncIterable<Buffer>) {
    keep(exchange, part);
    const step = fault?.kind === 'slow' ? SLOW_BYTES : part.length;
    for (let at = 0; at < part.length; at += step) {
      if (fault?.kind === 'slow') await sleep(fault.pauseMs);
      if (response.destroyed) return;
      response.write(part.subarray(at, at + step));
    }
  }
  response.end();
}

/** Half of it at most, once the server has said all of it: so what was asked has been done. */
async function withhold(
  answer: IncomingMessage,
  response: ServerResponse,
  { exchange, fault }: Passage,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of answer as AsyncIterable<Buffer>) parts.push(part);
  const whole = Buffer.concat(parts);
  keep(exchange, whole);
  if (fault?.kind === 'lost') {
    response.destroy();
    return;
  }
  response.writeHead(exchange.status, {
    ...withoutHops(answer.headers),
    'content-length': Math.max(whole.length, 1),
  });
  response.flushHeaders();
  response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
}

function keep(exchange: Exchange, part: Buffer): void {
  if (exchange.answer.length < MOST_KEPT)
    exchange.answer = Buffer.concat([exchange.answer, part]).subarray(0, MOST_KEPT);
}

function withoutHops(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { connection: _connection, 'keep-alive': _alive, 'transfer-encoding': _coding, ...kept } = headers;
  return kept;
}
