import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerStore } from './ledger-store.js';

/**
 * The ledger: a program with a database file of its own, AUDITOR_LEDGER, that knows nothing of the product. Steps tell it
 * of what they do, `POST /effects?ms=200` with `{ run, step }` and an Idempotency-Key, which takes so many milliseconds;
 * the test tells it of accepted starts. An effect comes to its end also where whoever asked for it is gone. The first
 * `hangs` requests of a key get no answer.
 */

const store = new LedgerStore(process.env['AUDITOR_LEDGER']!);
const asked = new Map<string, number>();
let effects = 0;

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    response.writeHead(500).end(String(error));
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ type: 'ready', url: `http://127.0.0.1:${port}` });
});
for (const event of ['SIGTERM', 'disconnect'] as const) {
  process.once(event, () => {
    store.close();
    process.exit();
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url!, 'http://ledger');
  const body = request.method === 'POST' ? JSON.parse(await text(request)) : {};
  if (pathname === '/entries') return send(response, store.read());
  if (pathname === '/acceptances') {
    store.accept(body);
    return send(response, {});
  }
  const key = String(request.headers['idempotency-key']).replaceAll('"', '');
  const facts = { effect: ++effects, run: String(body.run), step: String(body.step), key };
  store.add({ ...facts, kind: 'begin' });
  await sleep(Number(searchParams.get('ms') ?? 0));
  store.add({ ...facts, kind: 'end' });
  const times = (asked.get(key) ?? 0) + 1;
  asked.set(key, times);
  if (times <= Number(searchParams.get('hangs') ?? 0)) return;
  // What was sent as a secret comes back, as from a service that tells too much.
  send(response, { effect: facts.effect, told: request.headers['x-canary'] ?? null });
}

function send(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
