import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

let api: ApiFixture;

beforeAll(async () => {
  // Each process counts for itself.
  api = await createApiFixture({}, {}, 1);
  await api.save(HELLO);
});
afterAll(() => api?.close());
beforeEach(() => {
  api.gateway.failure = undefined;
});

async function execute(headers: Record<string, string> = {}): Promise<string> {
  const { body } = await api.post('/api/v1/workflows/hello/execute', { inputs: {} }, headers);
  await eventually(
    async () => api.gateway.started.has(body.id),
    (started) => started,
  );
  return body.id;
}

describe('where a run comes from', () => {
  it('goes to Temporal with it: correlation id and the span above, as the caller has them', async () => {
    const id = await execute({ traceparent: TRACEPARENT });
    expect(api.gateway.started.get(id)?.origin).toEqual({
      correlationId: TRACEPARENT.slice(3, 35),
      traceparent: TRACEPARENT,
    });
  });

  it('is only the correlation id where the caller traces nothing', async () => {
    const id = await execute({ 'x-correlation-id': 'deploy-7' });
    expect(api.gateway.started.get(id)?.origin).toEqual({ correlationId: 'deploy-7' });
  });

  it.each([
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    `00-${'4'.repeat(32)}-${'0'.repeat(15)}1-01-${'x'.repeat(4_000)}`,
    'nonsense',
  ])('takes no notice of a header that is none: %s', async (traceparent) => {
    const id = await execute({ traceparent, 'x-correlation-id': 'c-1' });
    expect(api.gateway.started.get(id)?.origin?.traceparent).toBeUndefined();
  });

  it('stands in what is logged of a run that cannot be handed over', async () => {
    api.gateway.failure = new Error('14 UNAVAILABLE');
    const { body } = await api.post(
      '/api/v1/workflows/hello/execute',
      { inputs: {} },
      { 'x-correlation-id': 'late-1' },
    );
    const lines = await eventually(
      async () => api.log.filter((line) => line['runId'] === body.id),
      (found) => found.length > 0,
    );
    expect(lines).toMatchObject(lines.map(() => ({ correlationId: 'late-1' })));
  });
});

describe('/metrics', () => {
  const read = async () => String((await api.get('/metrics')).body);

  it('is text for Prometheus, and counts requests by the pattern of their route', async () => {
    await api.get('/api/v1/runs/00000000-0000-7000-8000-000000000000');
    await api.get('/nowhere/4711');
    const answer = await api.get('/metrics');
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = String(answer.body);
    expect(text).toContain(
      'sluice_http_request_seconds_count{method="GET",route="/api/v1/runs/:id",status="404"} 1',
    );
    expect(text).toContain('sluice_http_request_seconds_count{method="GET",route="none",status="404"} 1');
    expect(text).toMatch(/sluice_database_connections\{state="idle"\} \d/);
    expect(text).toMatch(/process_resident_memory_bytes \d/);
    expect(text).not.toMatch(/4711|00000000-0000/);
  });

  it('makes no series of what people invent', async () => {
    const seriesOf = (text: string) => new Set(text.split('\n').map((line) => line.split(' ')[0])).size;
    await api.get('/a');
    const before = seriesOf(await read());
    for (let index = 0; index < 50; index++) await api.get(`/a${index}/${index}`);
    expect(seriesOf(await read())).toBe(before);
  });

  it('asks Temporal and Postgres once, however often it is scraped', async () => {
    const looks = api.gateway.looksAtQueues;
    await Promise.all(Array.from({ length: 50 }, read));
    expect(api.gateway.looksAtQueues - looks).toBeLessThanOrEqual(1);
  });

  it('shows runs, what waits in the outbox and why, and pools', async () => {
    const other = await createApiFixture({}, {}, 1);
    await other.save(HELLO);
    await other.put('/api/v1/pools/builders', { capacity: { slots: 4 } });
    other.gateway.failure = new Error('14 UNAVAILABLE');
    await other.post('/api/v1/workflows/hello/execute', { inputs: {} });
    const { name } = { name: 'weekend' };
    const day = 86_400_000;
    await other.post('/api/v1/freezes', {
      name,
      startsAt: new Date(Date.now() - day).toISOString(),
      endsAt: new Date(Date.now() + day).toISOString(),
      reason: 'quiet',
    });
    await other.post('/api/v1/workflows/hello/execute', { inputs: {}, freeze: 'wait' });
    const text = String((await other.get('/metrics')).body);
    expect(text).toContain('sluice_runs{status="queued"} 2');
    expect(text).toContain('sluice_runs{status="running"} 0');
    expect(text).toContain('sluice_outbox_messages{kind="cancel",state="due"} 0');
    expect(text).toMatch(/sluice_outbox_messages\{kind="start",state="held"\} [12]\n/);
    expect(text).toMatch(/sluice_outbox_oldest_seconds\{kind="start",state="held"\} \d/);
    expect(text).toContain('sluice_pool_capacity{project="default",pool="builders",resource="slots"} 4');
    expect(text).toContain('sluice_pool_used{project="default",pool="builders",resource="slots"} 0');
    expect(text).toContain('sluice_source_up{source="temporal"} 0');
    expect(text).not.toContain('sluice_queue_backlog{');
    await other.close();
  });
});

describe('streams', () => {
  it('are counted while they are open', async () => {
    const id = await execute();
    const countStreams = async () =>
      Number(/^sluice_streams (\d+)/m.exec(String((await api.get('/metrics')).body))?.[1]);
    expect(await countStreams()).toBe(0);
    const gone = new AbortController();
    const stream = await fetch(`${api.url}/api/v1/runs/${id}/events`, {
      headers: api.authorization,
      signal: gone.signal,
    });
    expect(stream.status).toBe(200);
    expect(await countStreams()).toBe(1);
    gone.abort();
    await eventually(countStreams, (open) => open === 0);
    // This one.
    expect(String((await api.get('/metrics')).body)).toContain('sluice_http_requests_under_way 1');
  });
});

describe('/health', () => {
  it('lives at /health/live as at /health', async () => {
    for (const path of ['/health', '/health/live', '/health/ready'])
      expect(await api.get(path)).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('names each thing that is missing', async () => {
    api.gateway.failure = new Error('14 UNAVAILABLE');
    const [last] = await api.database.dataSource.query(
      'SELECT id, timestamp, name FROM migrations ORDER BY id DESC LIMIT 1',
    );
    await api.database.dataSource.query('DELETE FROM migrations WHERE id = $1', [last.id]);
    const answer = await api.get('/health/ready');
    await api.database.dataSource.query('INSERT INTO migrations (timestamp, name) VALUES ($1, $2)', [
      last.timestamp,
      last.name,
    ]);
    expect(answer).toMatchObject({
      status: 503,
      body: {
        code: 'not-ready',
        detail: expect.stringContaining('migrations are behind this program by 1'),
        errors: [
          { path: 'migrations', message: expect.stringContaining(last.name) },
          { path: 'temporal', message: 'does not answer' },
        ],
      },
    });
  });
});
