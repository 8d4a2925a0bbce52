import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';

/*
 * Opens so many WebSockets at one address, as many at once as the system's queue of connections takes, and tells its
 * parent what became of them; then whatever it is asked.
 */
const [address, authorization, count] = process.argv.slice(2) as [string, string, string];
/** Handshakes under way; the queue of a listening socket holds 511. */
const OPENING = 400;

/** How many there were of each name. */
type Tally = Record<string, number>;

/** What is told after each request. */
export interface SocketsTold {
  readonly open: number;
  readonly refused: Readonly<Tally>;
  readonly news: number;
  readonly closed: Readonly<Tally>;
}

const sockets: WebSocket[] = [];
const refused: Tally = {};
const closed: Tally = {};
let news = 0;

async function open(): Promise<void> {
  const socket = new WebSocket(address, { perMessageDeflate: false, headers: { authorization } });
  const { promise, resolve } = Promise.withResolvers<void>();
  let opened = false;
  socket.once('open', () => {
    opened = true;
    sockets.push(socket);
    resolve();
  });
  socket.once('unexpected-response', async (_, response: IncomingMessage) => {
    let text = '';
    for await (const chunk of response) text += chunk;
    increment(refused, `${response.statusCode} ${JSON.parse(text).code}`);
    resolve();
  });
  socket.on('error', (error) => {
    if (!opened) increment(refused, error.message);
    resolve();
  });
  socket.on('message', (data: Buffer) => {
    if (data.includes('"event":"step"')) news += 1;
  });
  socket.on('close', (code) => {
    if (opened) increment(closed, String(code));
  });
  await promise;
}

function increment(tally: Tally, name: string): void {
  tally[name] = (tally[name] ?? 0) + 1;
}

function tell(): void {
  process.send?.({ open: sockets.length, refused, news, closed } satisfies SocketsTold);
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const countClosed = () => Object.values(closed).reduce((total, each) => total + each, 0);

const REQUESTS: Readonly<Record<string, () => Promise<void>>> = {
  news: () => until(() => news >= sockets.length),
  'cut half': () => {
    for (const [index, socket] of sockets.entries()) if (index % 2 === 0) socket.terminate();
    return until(() => countClosed() >= sockets.length / 2);
  },
  closed: () => until(() => countClosed() >= sockets.length),
};

process.on('message', (request: string) => void REQUESTS[request]!().then(tell));
process.on('disconnect', () => process.exit());

let left = Number(count);
const openOnes = async () => {
  while (left > 0) {
    left -= 1;
    await open();
  }
};
await Promise.all(Array.from({ length: OPENING }, openOnes));
tell();
