import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { SluiceError } from '#domain/errors.js';

interface MetricsServer {
  /** Of the figures. */
  readonly url: string;
  close(): void;
}

/** Shows figures under /metrics, to whoever reaches the address, host:port. Throws SluiceError `metrics-address-unusable`. */
export async function serveMetrics(registry: Registry, address: string): Promise<MetricsServer> {
  const [, host = '', port = ''] = /^\[?([^\]]*)\]?:(\d+)$/.exec(address) ?? [];
  const server = createMetricsServer(registry);
  server.listen(Number(port), host);
  await once(server, 'listening').catch((cause: unknown) => {
    throw new SluiceError({
      code: 'metrics-address-unusable',
      fault: 'operational',
      message: `SLUICE_METRICS_ADDRESS, ${address}, cannot be listened on.`,
      hint: 'Give each worker of a machine a port of its own, or unset it.',
      cause,
    });
  });
  server.unref();
  const { port: listening } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}/metrics`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function createMetricsServer(registry: Registry): Server {
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (request.method !== 'GET' || path !== '/metrics') {
      response.writeHead(path === '/metrics' ? 405 : 404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.maxConnections = 100;
  return server;
}
