import { type IncomingMessage, request } from 'node:http';
import type { Message } from './read-page.js';

export interface Reply {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends what a page shows to a server; these headers too, where the message has none of their names. */
export async function sendMessage(
  url: string,
  { first, headers, body }: Message,
  more: Readonly<Record<string, string>>,
): Promise<Reply> {
  const [, method, path] = /^([A-Z]+) (\/\S*)$/.exec(first) ?? [];
  if (path === undefined) throw new Error(`not a request: ${first}`);
  const own = headers.map(([name, value]) => [name.toLowerCase(), value]);
  const sent = request(new URL(path, url), {
    method: method!,
    headers: {
      ...more,
      ...(body === '' ? {} : { 'content-type': 'application/json' }),
      ...Object.fromEntries(own),
    },
  });
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(replyOf(response, ''));
    });
    sent.on('response', async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part as Buffer);
      resolve(replyOf(response, Buffer.concat(parts).toString()));
    });
    sent.end(body);
  });
}

function replyOf({ statusCode, statusMessage, headers }: IncomingMessage, body: string): Reply {
  const values = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { status: statusCode!, statusText: statusMessage!, headers: Object.fromEntries(values), body };
}
