import type { WebSocket } from 'ws';
import type { LiveEvent } from './live-event.js';
import type { LiveStream } from './live-streams.js';
import { waitForReader } from './slow-reader.js';
import { nameStreamEnd, STREAM_ENDS } from './stream-ends.js';
import { STREAM_PACE, type StreamPace } from './stream-pace.js';

/**
 * Writes each event as one text message of a WebSocket, and closes it with the reason at the end. The next events are
 * asked for only when the reader has taken the last, so a slow one holds no more than these.
 */
export async function writeSocketStream(
  socket: WebSocket,
  events: AsyncIterable<readonly LiveEvent[]>,
  stream: LiveStream,
  pace: Partial<StreamPace> = {},
): Promise<void> {
  const { stallMs, heartbeatMs, closeMs } = { ...STREAM_PACE, ...pace };
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // What is no WebSocket, or too large, the socket itself closes with its code (1002, 1007, 1009).
  socket.on('error', () => void setTimeout(() => socket.terminate(), closeMs).unref());
  socket.on('close', () => stream.end('reader-gone'));
  socket.on('message', () => stream.end('message-unexpected'));
  const rest = watchHeartbeat(socket, heartbeatMs);
  try {
    for await (const batch of events) {
      if (stream.signal.aborted) break;
      const taken = send(socket, batch);
      if (socket.bufferedAmount > 0) await waitForReader(taken, stream.signal, stallMs);
    }
    stream.end('run-ended');
  } catch (error) {
    stream.end(nameStreamEnd(error));
    throw error;
  } finally {
    rest();
    await close(socket, stream, closed, closeMs);
  }
}

/** Resolves when the system has taken all of it, or the socket is closed. */
function send(socket: WebSocket, batch: readonly LiveEvent[]): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const last = batch.length - 1;
  for (const [index, event] of batch.entries()) {
    socket.send(event.toMessage(), { binary: false }, index === last ? () => resolve() : undefined);
  }
  return promise;
}

/** A reader that answers nothing from one sign of life to the next is gone. Returns how to stop. */
function watchHeartbeat(socket: WebSocket, heartbeatMs: number): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    // A sign of life would wait behind what a slow reader does not take.
    if (socket.bufferedAmount > 0) return;
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, heartbeatMs);
  return () => clearInterval(timer);
}

async function close(
  socket: WebSocket,
  stream: LiveStream,
  closed: Promise<void>,
  closeMs: number,
): Promise<void> {
  const cause = stream.endedBy!;
  if (cause === 'reader-gone') return socket.terminate();
  const { code, text } = STREAM_ENDS[cause];
  socket.close(code, `${cause}: ${text}`);
  const timer = setTimeout(() => socket.terminate(), closeMs);
  await closed;
  clearTimeout(timer);
}
