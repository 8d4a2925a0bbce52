import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PROBLEM_CODES } from '../../../apps/api/http/problem-codes.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';

describe('HTTP', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture();
  });
  afterAll(() => api?.close());

  /** Sends the bytes as they are, which fetch would not. */
  const sendRaw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });

  it.each([
    ['GET', '/', 404, 'route-not-found'],
    ['GET', '/api/v1/elephants', 404, 'route-not-found'],
    ['POST', '/api/v2/workflows', 404, 'route-not-found'],
    ['GET', '/docs/../../etc/passwd', 404, 'route-not-found'],
    ['GET', '/docs/..%2f..%2fpackage.json', 404, 'route-not-found'],
    ['DELETE', '/api/v1/workflows', 405, 'method-not-allowed'],
    ['PUT', '/api/v1/runs/x', 405, 'method-not-allowed'],
    ['GET', '/api/v1/workflows/x/execute', 405, 'method-not-allowed'],
    ['POST', '/health', 405, 'method-not-allowed'],
    ['GET', '/api/v1/runs/%zz', 400, 'request-malformed'],
  ])('%s %s is refused', async (method, path, status, code) => {
    const response = await fetch(api.url + path, { method, headers: api.authorization });
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await response.json()).toEqual({
      type: `https://sluice.dev/problems/${code}`,
      title: PROBLEM_CODES[code as 'route-not-found'].title,
      status,
      detail: expect.any(String),
      code,
      hint: expect.any(String),
      correlationId: response.headers.get('x-correlation-id'),
    });
    expect(response.status).toBe(status);
    if (status === 405) expect(response.headers.get('allow')).toMatch(/^(GET|POST)(, POST)?$/);
  });

  it.each([
    ['a foreign name', 'Host: evil.example', 'host-not-allowed'],
    ['a foreign page', 'Host: localhost\r\nOrigin: https://evil.example', 'origin-not-allowed'],
  ])('refuses %s', async (_, headers, code) => {
    const answer = await sendRaw(`GET /api/v1/runs HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 403/);
    expect(answer).toContain(`"code":"${code}"`);
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['huge headers', `GET / HTTP/1.1\r\nHost: localhost\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`],
  ])('answers %s without a stack', async (_, text) => {
    const answer = await sendRaw(text);
    expect(answer).toMatch(/^HTTP\/1\.1 4/);
    expect(answer).not.toMatch(/node_modules|\n +at /);
  });

  it('keeps the id of the caller where it is well formed, and logs one line with it', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const ids = [
      [{ 'x-correlation-id': 'abc.1' }, 'abc.1'],
      [{ traceparent: `00-${trace}-00f067aa0ba902b7-01` }, trace],
      [{ traceparent: `00-${trace}-00f067aa0ba902b7-01`, 'x-correlation-id': 'abc' }, trace],
    ] as const;
    for (const [headers, id] of ids) {
      expect((await api.get('/health', { ...headers })).headers.get('x-correlation-id')).toBe(id);
      expect(api.log.filter((line) => line['correlationId'] === id)).not.toHaveLength(0);
    }
    for (const bad of ['a b', 'x'.repeat(129), '"><script>']) {
      const answer = await api.get('/health', { 'x-correlation-id': bad });
      expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(api.log.filter((line) => line['correlationId'] === 'abc.1')).toMatchObject([
      { method: 'GET', path: '/health', status: 200 },
    ]);
  });

  it('gives no other site leave to read', async () => {
    const answer = await api.get('/health');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('describes itself, with a page that needs nothing from elsewhere', async () => {
    const { body } = await api.get('/docs-json');
    expect(Object.keys(body.paths).sort()).toEqual([
      '/api/v1/actions',
      '/api/v1/agent-invocations/{id}',
      '/api/v1/agent-invocations/{id}/answer',
      '/api/v1/agents',
      '/api/v1/agents/{id}',
      '/api/v1/agents/{id}/health',
      '/api/v1/api-keys',
      '/api/v1/api-keys/{id}',
      '/api/v1/approvals',
      '/api/v1/audit-logs',
      '/api/v1/audit-logs/export',
      '/api/v1/audit-logs/verify',
      '/api/v1/audit-logs/{id}',
      '/api/v1/failures',
      '/api/v1/failures/statistics',
      '/api/v1/freezes',
      '/api/v1/freezes/{id}',
      '/api/v1/gates',
      '/api/v1/gates/{name}',
      '/api/v1/gates/{name}/bypasses',
      '/api/v1/gates/{name}/bypasses/{bypass}',
      '/api/v1/gates/{name}/evaluate',
      '/api/v1/gates/{name}/results',
      '/api/v1/gates/{name}/results/{result}',
      '/api/v1/gates/{name}/results/{result}/afterwards',
      '/api/v1/gates/{name}/versions',
      '/api/v1/gates/{name}/versions/{version}',
      '/api/v1/imports',
      '/api/v1/integrations',
      '/api/v1/integrations/{id}',
      '/api/v1/integrations/{id}/deliveries',
      '/api/v1/integrations/{id}/deliveries/{delivery}',
      '/api/v1/integrations/{id}/deliveries/{delivery}/replay',
      '/api/v1/integrations/{id}/discover/branches',
      '/api/v1/integrations/{id}/discover/inputs',
      '/api/v1/integrations/{id}/discover/pipelines',
      '/api/v1/integrations/{id}/discover/projects',
      '/api/v1/integrations/{id}/hook',
      '/api/v1/integrations/{id}/sync',
      '/api/v1/integrations/{id}/test',
      '/api/v1/locks',
      '/api/v1/members',
      '/api/v1/members/{user}',
      '/api/v1/personal-data/erase',
      '/api/v1/personal-data/export',
      '/api/v1/pipelines',
      '/api/v1/pipelines/statistics',
      '/api/v1/pipelines/{id}',
      '/api/v1/pipelines/{id}/cancel',
      '/api/v1/pipelines/{id}/jobs',
      '/api/v1/pipelines/{id}/jobs/{job}/logs',
      '/api/v1/pipelines/{id}/retry',
      '/api/v1/platforms',
      '/api/v1/pools',
      '/api/v1/pools/{name}',
      '/api/v1/projects',
      '/api/v1/projects/{name}',
      '/api/v1/retention',
      '/api/v1/retention/dry-run',
      '/api/v1/retention/passes',
      '/api/v1/retention/passes/{id}',
      '/api/v1/retention/run',
      '/api/v1/retention/statistics',
      '/api/v1/risk/assessments',
      '/api/v1/risk/assessments/{id}',
      '/api/v1/risk/assessments/{id}/versions',
      '/api/v1/risk/environments',
      '/api/v1/risk/environments/{name}',
      '/api/v1/risk/model',
      '/api/v1/risk/outcomes',
      '/api/v1/runs',
      '/api/v1/runs/statistics',
      '/api/v1/runs/{id}',
      '/api/v1/runs/{id}/cancel',
      '/api/v1/runs/{id}/checkpoints',
      '/api/v1/runs/{id}/compare/{other}',
      '/api/v1/runs/{id}/estimate',
      '/api/v1/runs/{id}/events',
      '/api/v1/runs/{id}/history',
      '/api/v1/runs/{id}/logs',
      '/api/v1/runs/{id}/objects',
      '/api/v1/runs/{id}/objects/{objectId}',
      '/api/v1/runs/{id}/pause',
      '/api/v1/runs/{id}/rerun',
      '/api/v1/runs/{id}/resume',
      '/api/v1/runs/{id}/steps',
      '/api/v1/runs/{id}/steps/{key}/approve',
      '/api/v1/runs/{id}/steps/{key}/attempts',
      '/api/v1/runs/{id}/steps/{key}/complete',
      '/api/v1/runs/{id}/steps/{key}/reject',
      '/api/v1/runs/{id}/steps/{key}/retry',
      '/api/v1/runs/{id}/steps/{key}/skip',
      '/api/v1/runs/{id}/stream-tickets',
      '/api/v1/schedules',
      '/api/v1/schedules/preview',
      '/api/v1/schedules/{id}',
      '/api/v1/schedules/{id}/backfill',
      '/api/v1/schedules/{id}/next',
      '/api/v1/schedules/{id}/pause',
      '/api/v1/schedules/{id}/resume',
      '/api/v1/schedules/{id}/ticks',
      '/api/v1/schedules/{id}/trigger',
      '/api/v1/schemas/definition',
      '/api/v1/settings',
      '/api/v1/templates',
      '/api/v1/templates/extract',
      '/api/v1/templates/{name}',
      '/api/v1/templates/{name}/instantiate',
      '/api/v1/users',
      '/api/v1/users/me',
      '/api/v1/users/{name}',
      '/api/v1/webhooks',
      '/api/v1/webhooks/{id}',
      '/api/v1/webhooks/{id}/deliveries',
      '/api/v1/webhooks/{id}/deliveries/{delivery}',
      '/api/v1/webhooks/{id}/deliveries/{delivery}/replay',
      '/api/v1/webhooks/{id}/rotate',
      '/api/v1/workflows',
      '/api/v1/workflows/plan',
      '/api/v1/workflows/validate',
      '/api/v1/workflows/{id}',
      '/api/v1/workflows/{id}/advice',
      '/api/v1/workflows/{id}/aliases',
      '/api/v1/workflows/{id}/aliases/{name}',
      '/api/v1/workflows/{id}/aliases/{name}/history',
      '/api/v1/workflows/{id}/diff',
      '/api/v1/workflows/{id}/estimate',
      '/api/v1/workflows/{id}/execute',
      '/api/v1/workflows/{id}/plan',
      '/api/v1/workflows/{id}/versions',
      '/api/v1/workflows/{id}/versions/{version}',
      '/api/v1/workflows/{id}/versions/{version}/export',
      '/api/v1/workflows/{id}/versions/{version}/publish',
      '/auth/token',
      '/codec/decode',
      '/codec/encode',
      '/health',
      '/health/live',
      '/health/ready',
      '/hooks/integrations/{id}',
      '/hooks/{id}',
      '/metrics',
      '/ws/workflow/{runId}',
    ]);
    expect(Object.keys(body.paths['/api/v1/workflows'].post.requestBody.content)).toContain(
      'application/yaml',
    );
    expect(Object.keys(body.components.schemas)).toEqual(
      expect.arrayContaining(['RunResource', 'ProblemResource']),
    );
    const page = await api.get('/docs');
    expect(page.status).toBe(200);
    const assets = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      expect(asset).not.toMatch(/^(https?:)?\/\//);
      expect((await api.get(`/docs/${asset.replace(/^\.?\/?(docs\/)?/, '')}`)).status).toBe(200);
    }
  });

  it('says that the database is away, and nothing more', async () => {
    const other = await createApiFixture();
    await other.database.dataSource.destroy();
    expect(await other.get('/api/v1/runs')).toMatchObject({
      status: 503,
      body: { code: 'database-unavailable' },
    });
    expect(await other.get('/health')).toMatchObject({ status: 200 });
    expect(await other.get('/health/ready')).toMatchObject({
      body: { code: 'not-ready', errors: [{ path: 'database' }] },
    });
    await other.close();
  });
});
