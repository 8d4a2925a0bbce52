import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';
import { createSamplePlatforms } from './sample-platform.js';

interface NamedResource {
  readonly table: string;
  readonly body: object;
  readonly code: string;
}

const RESOURCES: readonly NamedResource[] = [
  { table: 'agents', body: { url: 'https://scanner.example/jobs' }, code: 'agent-name-taken' },
  {
    table: 'schedules',
    body: { workflow: 'hello', crons: ['0 3 * * *'] },
    code: 'schedule-name-taken',
  },
  {
    table: 'webhooks',
    body: {
      scheme: { type: 'github' },
      action: { type: 'start', workflow: 'hello' },
      secret: 'env:SLUICE_SECRET_HOOK',
    },
    code: 'webhook-name-taken',
  },
  {
    table: 'integrations',
    body: { platform: 'sample', auth: { type: 'token', secret: 'env:SLUICE_SECRET_BUILDS' } },
    code: 'integration-name-taken',
  },
];

/** What waits for another transaction, with the statement that it waits in. */
const WAITING = `SELECT FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE ' || $1 || ' SET name%'`;

describe('two renames to the same name at once', () => {
  let api: ApiFixture;

  beforeAll(async () => {
    api = await createApiFixture({}, {}, undefined, createSamplePlatforms());
    await api.save(HELLO);
  });
  afterAll(() => api?.close());

  it.each(RESOURCES)('of $table: the second is refused', async ({ table, body, code }) => {
    const { dataSource } = api.database;
    const path = `/api/v1/${table}`;
    const [first, second] = await Promise.all(
      ['one', 'two'].map((name) => api.post(path, { ...body, name })),
    );
    expect([first, second]).toMatchObject([{ status: 201 }, { status: 201 }]);
    const renamed = await dataSource.transaction(async (manager) => {
      // As the first rename does, before anybody else can see it.
      await manager.query(`UPDATE ${table} SET name = 'three' WHERE id = $1`, [first!.body.id]);
      const answer = api.patch(`${path}/two`, { name: 'three' });
      await eventually(
        () => dataSource.query(WAITING, [table]),
        (waiting: unknown[]) => waiting.length > 0,
      );
      return { answer };
    });
    expect(await renamed.answer).toMatchObject({ status: 409, body: { code } });
    expect((await api.get(`${path}/two`)).body).toMatchObject({ id: second!.body.id, name: 'two' });
    expect((await api.patch(`${path}/two`, { name: 'three' })).body).toMatchObject({ code });
  });
});
