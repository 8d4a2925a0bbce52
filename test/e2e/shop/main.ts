import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/*
 * A service to be released: `GET /release` says what runs, `PUT /release` deploys something else, and `/metrics` tells
 * Prometheus how it fares. What runs is kept in the file that SHOP_FILE names.
 */
interface Release {
  readonly version: string;
  /** Of a hundred requests, how many fail. */
  readonly failing: number;
}

const FILE = process.env['SHOP_FILE']!;
const REQUESTS = 100;
const answered = { ok: 0, failed: 0 };

const server = createServer(async (request, response) => {
  if (request.url === '/metrics') return void response.end(renderMetrics());
  if (request.method === 'PUT') deploy(JSON.parse(await text(request)) as Release);
  response.end(JSON.stringify(running()));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ type: 'ready', url: `http://127.0.0.1:${port}` });
});
process.once('disconnect', () => process.exit()).once('SIGTERM', () => process.exit());

function running(): Release {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Release;
}

function deploy(release: Release): void {
  writeFileSync(`${FILE}.new`, JSON.stringify(release));
  renameSync(`${FILE}.new`, FILE);
}

/** So many requests since the last time, of which what runs fails as many as it does. */
function renderMetrics(): string {
  const { failing } = running();
  answered.failed += failing;
  answered.ok += REQUESTS - failing;
  const all = answered.failed + answered.ok;
  const bucket = (le: string) => `http_request_duration_seconds_bucket{service="shop",le="${le}"} ${all}`;
  return [
    '# TYPE http_requests_total counter',
    `http_requests_total{service="shop",status="200"} ${answered.ok}`,
    `http_requests_total{service="shop",status="503"} ${answered.failed}`,
    '# TYPE http_request_duration_seconds histogram',
    `http_request_duration_seconds_bucket{service="shop",le="0.05"} 0`,
    ...['0.1', '0.25', '0.5', '+Inf'].map(bucket),
    `http_request_duration_seconds_sum{service="shop"} ${all * 0.08}`,
    `http_request_duration_seconds_count{service="shop"} ${all}`,
    '',
  ].join('\n');
}
