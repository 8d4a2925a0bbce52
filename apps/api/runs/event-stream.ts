import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FollowedEvent } from './follow-run.js';

const HEARTBEAT_MS = 15_000;
/** A reader that takes nothing for so long is gone or hopeless; it may come back with Last-Event-ID. */
const STALL_MS = 60_000;
const RETRY_MS = 1_000;

/**
 * Writes events as `text/event-stream` (HTML Living Standard, 9.2). The next event is asked for only when the reader
 * has taken the last, so a slow one holds no more than one buffer. `gone` says that nobody reads any more.
 */
export async function writeEventStream(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  events: AsyncIterable<FollowedEvent>,
  gone: AbortSignal,
): Promise<void> {
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.write(`retry: ${RETRY_MS}\n\n`);
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(':\n\n');
  }, HEARTBEAT_MS);
  try {
    for await (const { event, id, data } of events) {
      if (response.destroyed) return;
      if (response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)) continue;
      await once(response, 'drain', { signal: AbortSignal.any([gone, AbortSignal.timeout(STALL_MS)]) });
    }
    response.end();
  } finally {
    clearInterval(heartbeat);
    if (!response.writableEnded) response.destroy();
  }
}
