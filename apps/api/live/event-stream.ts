import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { LiveEvent } from './live-event.js';
import type { LiveStream } from './live-streams.js';
import { waitForReader } from './slow-reader.js';
import { nameStreamEnd, STREAM_ENDS, type StreamEndName } from './stream-ends.js';
import { STREAM_PACE, type StreamPace } from './stream-pace.js';

/** After which a reader whose stream has ended may come back; milliseconds. */
const RETRY_MS = 1_000;

/**
 * Writes events as `text/event-stream` (HTML Living Standard, 9.2). The next ones are asked for only when the reader has
 * taken the last, so a slow one holds no more than these. Where the stream ends before the run, `dropped` says why.
 */
export async function writeEventStream(
  response: ServerResponse,
  events: AsyncIterable<readonly LiveEvent[]>,
  stream: LiveStream,
  {
    headers = {},
    ...pace
  }: Partial<StreamPace> & { readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<void> {
  const { stallMs, heartbeatMs, closeMs } = { ...STREAM_PACE, ...pace };
  response.on('close', () => stream.end('reader-gone'));
  response.on('error', () => stream.end('reader-gone'));
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.write(`retry: ${RETRY_MS}\n\n`);
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(':\n\n');
  }, heartbeatMs);
  try {
    for await (const batch of events) {
      if (stream.signal.aborted) break;
      if (response.write(batch.map((event) => event.toServerSentEvent()).join(''))) continue;
      const { promise: drained, resolve } = Promise.withResolvers<void>();
      response.once('drain', resolve);
      await waitForReader(drained, stream.signal, stallMs);
    }
    stream.end('run-ended');
  } catch (error) {
    stream.end(nameStreamEnd(error));
    throw error;
  } finally {
    clearInterval(heartbeat);
    await endResponse(response, stream.endedBy!, closeMs);
  }
}

async function endResponse(
  response: ServerResponse,
  cause: StreamEndName | 'reader-gone',
  closeMs: number,
): Promise<void> {
  if (cause === 'reader-gone' || response.destroyed) return void response.destroy();
  if (cause !== 'run-ended') {
    const data = JSON.stringify({ code: cause, message: STREAM_ENDS[cause].text });
    response.write(`event: dropped\ndata: ${data}\n\n`);
  }
  response.end();
  const finished = once(response, 'close', { signal: AbortSignal.timeout(closeMs) });
  await finished.catch(() => undefined);
  response.destroy();
}
