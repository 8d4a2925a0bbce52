import { once } from 'node:events';
import { WebSocket } from 'ws';

/*
 * Watches with so many WebSockets at once, in a process of its own, and tells how old each event was when it arrived.
 * Messages are those of the API, or of the bare server beside it: `{ at }`.
 */

/** Connections that are being opened at once. */
const OPENING = 50;

const [url, count] = process.argv.slice(2) as [string, string];
const latencies: number[] = [];
const moments = new Map<string, number | undefined>();

/** When what a message tells of happened, in milliseconds since the epoch; undefined where it tells nothing new. */
function momentOf(text: string): number | undefined {
  if (!moments.has(text)) moments.set(text, readMoment(JSON.parse(text)));
  return moments.get(text);
}

const told = new Set<string>();

function readMoment(message: Told): number | undefined {
  if (message.at !== undefined) return message.at;
  const attempt = message.data?.attempts?.at(-1);
  if (attempt === undefined) return undefined;
  const name = `${message.data?.key} ${attempt.status}`;
  if (told.has(name)) return undefined;
  told.add(name);
  return Date.parse(attempt.endedAt ?? attempt.startedAt);
}

interface Told {
  readonly at?: number;
  readonly data?: {
    readonly key?: string;
    readonly attempts?: readonly {
      readonly status: string;
      readonly startedAt: string;
      readonly endedAt?: string;
    }[];
  };
}

async function open(): Promise<WebSocket> {
  const socket = new WebSocket(url);
  let first = true;
  const began = new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.on('message', (data: Buffer) => {
      const moment = momentOf(data.toString());
      // What had happened before it came is no news of now.
      if (first) resolve();
      else if (moment !== undefined) latencies.push(Date.now() - moment);
      first = false;
    });
  });
  await began;
  return socket;
}

const sockets: WebSocket[] = [];
while (sockets.length < Number(count)) {
  const few = Math.min(OPENING, Number(count) - sockets.length);
  sockets.push(...(await Promise.all(Array.from({ length: few }, open))));
}
process.send?.('watching');
await once(process, 'message');
for (const socket of sockets) socket.terminate();
process.send?.(latencies, () => process.disconnect?.());
