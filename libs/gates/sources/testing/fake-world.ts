import type { MetricRequest, SendRequest } from '#contracts/judgement/metric-world.js';
import { SluiceError } from '#domain/errors.js';
import type { CollectionWorld } from '../collect-measurements.js';

export const NOW = Date.parse('2030-01-01T12:00:00Z');

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text as it is. */
  readonly body: unknown;
}

/** A world whose secrets are `secret of NAME`, and whose services answer by a function. */
export function createFakeWorld(answer: (request: MetricRequest) => FakeAnswer | Promise<FakeAnswer>) {
  const requests: MetricRequest[] = [];
  const secrets: string[] = [];
  const send: SendRequest = async (request) => {
    requests.push(request);
    const { status = 200, headers = {}, body } = await answer(request);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { status, headers, body: new TextEncoder().encode(text) };
  };
  const world: CollectionWorld = {
    send,
    resolveSecret: async (reference) => {
      if (reference === 'env:MISSING')
        throw new SluiceError({ code: 'secret-not-found', fault: 'user', message: 'There is no MISSING.' });
      return `secret of ${reference.replace('env:', '')}`;
    },
    mask: (secret) => secrets.push(secret),
    hide: (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text),
    now: () => NOW,
    signal: new AbortController().signal,
  };
  return { world, requests, secrets };
}
