import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createUuidV7 } from '#persistence/uuid-v7.js';
import { type ApiFixture, createApiFixture, HELLO } from './api-fixture.js';

let api: ApiFixture;
beforeAll(async () => {
  api = await createApiFixture();
});
afterAll(() => api?.close());

const LISTS = [
  '/workflows',
  '/workflows/hello/versions',
  '/workflows/hello/aliases/latest/history',
  '/runs',
  '/runs/RUN/steps/say/attempts',
  '/runs/RUN/history',
  '/runs/RUN/checkpoints',
  '/runs/RUN/objects',
  '/approvals',
  '/pools',
  '/locks',
  '/freezes?past=true',
  '/templates',
  '/failures',
];

const at = (path: string, query: string) => `/api/v1${path}${path.includes('?') ? '&' : '?'}${query}`;

/** Runs, oldest first, as they might have been recorded. */
const RUNS = [
  { key: 'a', status: 'succeeded', trigger: 'api', by: 'ann', day: 1, tookMs: 1_000 },
  {
    key: 'b',
    status: 'failed',
    trigger: 'api',
    by: 'bob',
    day: 2,
    tookMs: 5_000,
    error: { class: 'timeout' },
  },
  {
    key: 'c',
    status: 'failed',
    trigger: 'rerun',
    by: 'ann',
    day: 3,
    tookMs: 2_000,
    error: { class: 'test' },
  },
  { key: 'd', status: 'canceled', trigger: 'api', by: 'ann', day: 4, tookMs: 4_000 },
  { key: 'e', status: 'running', trigger: 'workflow', by: 'cy', day: 5 },
  { key: 'f', status: 'queued', trigger: 'api', by: 'cy', day: 6 },
] as const;

const ids = new Map<string, string>();
const day = (number: number) => `2026-03-0${number}T12:00:00.000Z`;

beforeAll(async () => {
  await api.save(HELLO);
  await api.save(HELLO.replace('name: hello', 'name: other-one').replace('Says hello.', 'Another.'));
  await api.post('/api/v1/workflows/hello/versions/1/publish', { version: '1.0.0', reason: 'first' });
  for (const run of RUNS) {
    const created = Date.parse(day(run.day));
    const id = createUuidV7(created);
    ids.set(run.key, id);
    await api.database.dataSource.query(
      `INSERT INTO runs (id, project, workflow_id, version, status, trigger, started_by, inputs, error, request_digest,
         created_at, started_at, ended_at, total)
       SELECT $1, 'default', w.id, 1, $2, $3, $4, '{}', $5::json, 'sha256:00', $6, $6, $7, 1 FROM workflows w WHERE w.name = $8`,
      [
        id,
        run.status,
        run.trigger,
        run.by,
        'error' in run ? JSON.stringify({ ...run.error, code: 'x', message: 'a\0b' }) : null,
        new Date(created),
        'tookMs' in run ? new Date(created + run.tookMs) : null,
        run.key === 'd' ? 'other-one' : 'hello',
      ],
    );
  }
  await api.database.dataSource.query(
    `INSERT INTO step_attempts (run_id, step, attempt, status, worker, action, input, started_at, ended_at, error, change)
     SELECT $1, 'say', n, 'failed', 'w', 'http/request', '{"url":"x"}', $2, $2::timestamptz + n * interval '1 second',
       '{"class":"timeout","code":"x","message":"late \\u0000"}', n FROM generate_series(1, 3) AS n`,
    [ids.get('b'), day(2)],
  );
});

const keysOf = (items: readonly { id: string }[]) =>
  items.map(({ id }) => [...ids].find(([, known]) => known === id)?.[0]).join('');

describe('runs', () => {
  it.each([
    ['', 'fedcba'],
    ['sort=createdAt', 'abcdef'],
    ['sort=endedAt', 'abcd'],
    ['sort=-endedAt&status=failed', 'cb'],
    ['status=failed', 'cb'],
    ['status=failed,queued,running', 'fecb'],
    ['workflow=other-one', 'd'],
    ['workflow=hello&status=succeeded,failed', 'cba'],
    ['workflow=hello&version=1', 'fecba'],
    ['workflow=hello&version=2', ''],
    ['trigger=rerun', 'c'],
    ['trigger=rerun,workflow', 'ec'],
    ['trigger=api', 'fdba'],
    ['startedBy=ann', 'dca'],
    ['startedBy=ann&status=failed', 'c'],
    ['startedBy=nobody', ''],
    ['failureClass=timeout', 'b'],
    ['failureClass=timeout,test&startedBy=ann', 'c'],
    [`createdAfter=${day(3)}`, 'fedc'],
    [`createdBefore=${day(3)}`, 'ba'],
    [`createdAfter=${day(2)}&createdBefore=${day(4)}`, 'cb'],
    ['endedAfter=2026-03-02T12:00:05Z', 'dcb'],
    ['endedBefore=2026-03-02T12:00:05Z', 'a'],
    ['endedBefore=2026-03-02T12:00:05%2B00:00&sort=endedAt', 'a'],
    ['text=OTHER', 'd'],
    ['text=e', 'fedcba'],
    ['text=nothing-like-it', ''],
    ['text=ello&status=failed,queued', 'fcb'],
  ])('%s', async (query, expected) => {
    const { status, body } = await api.get(at('/runs', query));
    expect({ status, keys: keysOf(body.items) }).toEqual({ status: 200, keys: expected });
    const counted = await api.get(at('/runs', `${query}&total=true&limit=1`));
    expect(counted.body.total).toBe(expected.length);
  });

  it('by the beginning of an id', async () => {
    const id = ids.get('c')!;
    for (const text of [
      id,
      id.toUpperCase(),
      id.slice(0, 8),
      id.slice(0, 9),
      id.slice(0, 14),
      id.slice(0, 30),
    ])
      expect(keysOf((await api.get(at('/runs', `text=${text}`))).body.items)).toBe('c');
  });

  it('page by page, whatever is asked', async () => {
    for (const query of [
      '',
      'status=failed,queued,running',
      'sort=endedAt',
      'trigger=api',
      'startedBy=ann',
    ]) {
      const whole = (await api.get(at('/runs', query))).body.items;
      const seen: { id: string }[] = [];
      for (let after = ''; ; ) {
        const { body } = await api.get(at('/runs', `${query}&limit=1${after}`));
        seen.push(...body.items);
        if (body.next === undefined) break;
        after = `&after=${body.next}`;
      }
      expect(keysOf(seen)).toBe(keysOf(whole));
    }
  });

  it('are refused to be asked what makes no sense', async () => {
    const queries = [
      'version=1',
      'workflow=hello&version=0',
      `createdAfter=${day(3)}&createdBefore=${day(3)}`,
      'createdAfter=yesterday',
      'createdAfter=2026-02-30T00:00:00Z',
      'endedBefore=2026-W10',
      'status=failed,',
      'trigger=webhook-that-is-not',
      'failureClass=bad',
      'startedBy=',
      'text=%00',
    ];
    for (const query of queries) {
      const { status, body } = await api.get(at('/runs', query));
      expect({ query, status, code: body.code }).toEqual({ query, status: 400, code: 'request-invalid' });
    }
  });

  it('are counted, with how long they took', async () => {
    const window = 'from=2026-03-01T00:00:00Z&to=2026-03-09T00:00:00Z';
    const { status, body } = await api.get(at('/runs/statistics', window));
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { runs: 4, successRate: 0.3333, from: '2026-03-01T00:00:00.000Z' },
    });
    expect(body.statuses).toEqual([
      expect.objectContaining({ status: 'canceled', count: 1 }),
      {
        status: 'failed',
        count: 2,
        duration: { p50Ms: 2_000, p90Ms: 5_000, p95Ms: 5_000, longestMs: 5_000 },
        waiting: { p50Ms: 0, p90Ms: 0, p95Ms: 0, longestMs: 0 },
      },
      expect.objectContaining({ status: 'succeeded', count: 1 }),
    ]);
    expect(body.living).toEqual(
      expect.arrayContaining([
        { status: 'queued', count: 1 },
        { status: 'running', count: 1 },
        { status: 'paused', count: 0 },
      ]),
    );
    expect(body.workflows).toEqual([
      {
        workflow: 'hello',
        runs: 3,
        succeeded: 1,
        failed: 2,
        successRate: 0.3333,
        p50Ms: 2_000,
        p95Ms: 5_000,
      },
      { workflow: 'other-one', runs: 1, succeeded: 0, failed: 0, p50Ms: 4_000, p95Ms: 4_000 },
    ]);
    const one = (await api.get(at('/runs/statistics', `${window}&workflow=other-one`))).body;
    expect(one).toMatchObject({ runs: 1, workflows: [{ workflow: 'other-one' }] });
    expect(one.living.every(({ count }: { count: number }) => count === 0)).toBe(true);
    expect(
      await api.get(at('/runs/statistics', 'from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z')),
    ).toMatchObject({ status: 400 });
  });

  it('of another project are not there', async () => {
    const elsewhere = { 'x-sluice-project': 'elsewhere' };
    expect((await api.get('/api/v1/runs?total=true', elsewhere)).body).toEqual({ items: [], total: 0 });
    expect((await api.get('/api/v1/failures', elsewhere)).body).toEqual({ items: [] });
  });
});

describe('failures and attempts', () => {
  it('are listed one by one', async () => {
    const { body } = await api.get(at('/failures', 'class=timeout&workflow=hello&step=say&limit=2'));
    expect(body.items).toMatchObject([
      { run: ids.get('b'), workflow: 'hello', step: 'say', attempt: 3, action: 'http/request' },
      { attempt: 2, error: { class: 'timeout' } },
    ]);
    const rest = (
      await api.get(at('/failures', `class=timeout&workflow=hello&step=say&limit=2&after=${body.next}`))
    ).body;
    expect(rest.items).toMatchObject([{ attempt: 1 }]);
    for (const query of ['class=test', 'category=none', `from=${day(3)}`, `to=${day(1)}`, 'step=other'])
      expect((await api.get(at('/failures', query))).body.items).toEqual([]);
  });

  it('of a step come with what each was given', async () => {
    const path = `/runs/${ids.get('b')}/steps/say/attempts`;
    expect((await api.get(at(path, 'sort=-attempt&limit=1&total=true'))).body).toMatchObject({
      items: [{ attempt: 3, status: 'failed', input: { url: 'x' }, action: 'http/request' }],
      total: 3,
    });
    expect((await api.get(`/api/v1/runs/${ids.get('a')}/steps/say/attempts`)).body).toEqual({ items: [] });
    expect(await api.get(`/api/v1/runs/${ids.get('a')}/steps/nowhere/attempts`)).toMatchObject({
      status: 404,
    });
  });
});

describe('workflows', () => {
  it.each([
    ['prefix=hel', ['hello']],
    ['text=ANOTHER', ['other-one']],
    ['published=true', ['hello']],
    ['published=false', ['other-one']],
    ['sort=-name', ['other-one', 'hello']],
    ['sort=-createdAt', ['other-one', 'hello']],
    ['prefix=%25', []],
  ])('%s', async (query, names) => {
    const { body } = await api.get(at('/workflows', query));
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(names);
  });
});

describe.each(LISTS)('%s', (list) => {
  const path = () => list.replace('RUN', ids.get('b')!);

  it('answers in the one form', async () => {
    const { status, body } = await api.get(at(path(), 'total=true&limit=1'));
    expect(status).toBe(200);
    expect(body.items.length).toBeLessThanOrEqual(1);
    expect(body.total).toBeGreaterThanOrEqual(body.items.length);
    expect(body.next === undefined).toBe(body.total <= 1);
  });

  it('refuses what it does not know', async () => {
    const other = (await api.get('/api/v1/workflows?limit=1&sort=-updatedAt')).body.next;
    const queries = [
      'sort=color',
      'sort=name%3BDROP%20TABLE%20runs',
      'sort=--name',
      'sort=-',
      'sort=__proto__',
      'sort=constructor',
      'sort[]=name',
      'sort=name&sort=name',
      'color=red',
      '__proto__=1',
      'filter[name]=x',
      'limit=0',
      'limit=201',
      'constructor=1',
      'limit=1e2',
      'limit=-1',
      'limit=99999999999999999999',
      'limit=',
      'total=yes',
      'total=1',
      'after=',
      'after=x',
      'after=%00',
      'after=a&after=b',
      `after=${other}`,
      `after=${'a'.repeat(4_001)}`,
    ];
    for (const query of queries) {
      const { status, body } = await api.get(at(path(), query));
      expect({ query, status, code: body.code }).toEqual({ query, status: 400, code: 'request-invalid' });
    }
  });
});

it('nothing of it was a fault of the server', () => {
  expect(api.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});
