import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { NO_TRACING, startTracing } from './tracing.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = { traceId: TRACE, spanId: '00f067aa0ba902b7', sampled: true };

afterEach(() => {
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
});

async function collect(answer: number) {
  const bodies: { resourceSpans: { scopeSpans: { spans: Record<string, unknown>[] }[] }[] }[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    bodies.push(JSON.parse(Buffer.concat(parts).toString()));
    response.writeHead(answer).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = endpoint;
  const spans = () =>
    bodies.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { endpoint, spans, close };
}

describe('startTracing', () => {
  it('is nothing without a collector', async () => {
    const tracing = await startTracing({ service: 's', endpoint: undefined, warn: () => undefined });
    expect(tracing).toBe(NO_TRACING);
    expect(tracing.begin({ name: 'x', role: 'server' }).context).toBeUndefined();
  });

  it('sends spans below their parents, and spans whose ids were known before them', async () => {
    const collector = await collect(200);
    const tracing = await startTracing({ service: 's', endpoint: collector.endpoint, warn: () => undefined });
    const request = tracing.begin({ name: 'request', role: 'server', parent: PARENT });
    expect(request.context).toMatchObject({ traceId: TRACE, sampled: true });
    request.end({ failure: '500', attributes: { status: 500 } });
    const known = { traceId: TRACE, spanId: '8e5f0123456789ab', sampled: true };
    const past = { role: 'consumer', startedAt: 1_000, endedAt: 3_500 } as const;
    tracing.add({ ...past, name: 'run', parent: PARENT, context: known });
    const root = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };
    tracing.add({ ...past, name: 'first of all', context: root });
    tracing.begin({ name: 'unseen', role: 'internal', parent: { ...PARENT, sampled: false } }).end();
    await tracing.close();
    collector.close();
    expect(collector.spans()).toMatchObject([
      { name: 'request', traceId: TRACE, parentSpanId: PARENT.spanId, status: { code: 2, message: '500' } },
      {
        name: 'run',
        traceId: TRACE,
        spanId: known.spanId,
        parentSpanId: PARENT.spanId,
        startTimeUnixNano: '1000000000',
        endTimeUnixNano: '3500000000',
      },
      { name: 'first of all', traceId: root.traceId, spanId: root.spanId },
    ]);
  });

  it('says once that the collector is away, and disturbs nobody', async () => {
    const collector = await collect(400);
    const warnings: string[] = [];
    const tracing = await startTracing({
      service: 's',
      endpoint: collector.endpoint,
      warn: (message) => warnings.push(message),
    });
    tracing.begin({ name: 'lost', role: 'internal' }).end();
    await tracing.close();
    collector.close();
    expect(warnings).toEqual([expect.stringMatching(/^spans cannot be sent: /)]);
  });
});
