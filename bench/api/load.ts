import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import type { BenchServer } from './server.js';

export interface BenchRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly expect: number;
}

/**
 * Milliseconds of each request, from the moment at which it was due: so many a second, whether or not the ones before
 * were answered. Throws where an answer is not the expected one.
 */
export async function measureLoad(
  server: BenchServer,
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
  next: (number: number) => BenchRequest,
): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 100 });
  const began = performance.now();
  const answers: Promise<number>[] = [];
  for (let number = 0; number < rate * seconds; number++) {
    const due = began + (number * 1_000) / rate;
    const wait = due - performance.now();
    if (wait > 1) await sleep(wait);
    answers.push(ask(server, agent, next(number)).then(() => performance.now() - due));
  }
  const times = await Promise.all(answers);
  agent.destroy();
  return times;
}

/** Asks for each of them in turn, as many at once, until so many were answered. Throws where the server was at fault. */
export async function hammer(
  server: BenchServer,
  { count, atOnce }: { readonly count: number; readonly atOnce: number },
  requests: readonly BenchRequest[],
): Promise<void> {
  const result = await autocannon({
    url: server.url,
    connections: atOnce,
    amount: count,
    requests: requests.map(({ method, path, body }) => ({
      method,
      path,
      headers: { ...server.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body }),
    })),
  });
  const { errors, timeouts, '5xx': faults } = result;
  if (errors + timeouts + faults > 0)
    throw new Error(`of ${count} requests ${errors + timeouts + faults} failed`);
}

function ask(server: BenchServer, agent: Agent, { method, path, body, expect }: BenchRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...server.headers,
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    };
    const sent = request(new URL(path, server.url), { method, agent, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => {
        if (answer.statusCode === expect) resolve();
        else reject(new Error(`${method} ${path} answered ${answer.statusCode}`));
      });
      answer.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
