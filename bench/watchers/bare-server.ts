import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/*
 * The plainest thing that tells many of something: a server of WebSockets that sends each one the same text. It knows no
 * store, no limits and no slow readers. `count` messages of `size` characters, one each `pauseMs`.
 */
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
server.on('connection', (socket) => socket.send('{}'));
await once(server, 'listening');
process.send?.(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
const [{ count, size, pauseMs }] = (await once(process, 'message')) as [
  { count: number; size: number; pauseMs: number },
];
for (let sent = 0; sent < count; sent++) {
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  const text = Buffer.from(JSON.stringify({ sent, at: Date.now(), text: 'x'.repeat(size) }));
  for (const client of server.clients) client.send(text, { binary: false });
}
process.send?.('sent');
await once(process, 'disconnect');
process.exit();
