import { Readable } from 'node:stream';
import type { ApiReply } from './exchange.js';

/** One JSON value a line; see jsonlines.org. */
export const JSON_LINES = 'application/jsonl';

/** Sends what comes as JSON lines, as fast as the client takes them. A failure on the way ends the connection. */
export function sendLines(reply: ApiReply, items: AsyncIterable<readonly unknown[]>): void {
  reply
    .header('content-type', `${JSON_LINES}; charset=utf-8`)
    .header('cache-control', 'no-store')
    .send(Readable.from(toLines(items), { objectMode: false }));
}

async function* toLines(items: AsyncIterable<readonly unknown[]>): AsyncGenerator<Buffer> {
  for await (const some of items) {
    if (some.length > 0) yield Buffer.from(some.map((item) => `${JSON.stringify(item)}\n`).join(''));
  }
}
