import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PostgresObjectStore } from '#persistence/object-store.js';
import { PostgresRunRecorder } from '#persistence/run-recorder.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { insertRun } from './run-fixture.js';

const MIB = 1024 * 1024;

describe('PostgresObjectStore', () => {
  let database: TestDatabase;
  let store: PostgresObjectStore;
  let run: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    store = new PostgresObjectStore(database.dataSource);
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    run = await insertRun(database.dataSource);
  });

  const count = async (table: string): Promise<number> =>
    (await database.dataSource.query(`SELECT count(*)::int AS count FROM ${table}`))[0].count;
  const read = async (id: string): Promise<Buffer> => {
    const parts: Uint8Array[] = [];
    for await (const part of store.read(id)) parts.push(part);
    return Buffer.concat(parts);
  };

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('{"æ":"\u0000"}')],
    ['what compresses', Buffer.alloc(50 * MIB, 'x')],
    ['what does not', randomBytes(5 * MIB)],
  ])('gives back %s', async (_, bytes) => {
    const object = await store.put({ run, step: 's' }, bytes);
    expect(object).toEqual({
      id: expect.any(String),
      run,
      size: bytes.length,
      digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    });
    expect((await read(object.id)).equals(bytes)).toBe(true);
    expect(await store.find('default', object.id)).toEqual(object);
    const [{ largest }] = await database.dataSource.query(
      'SELECT max(length(bytes))::int AS largest FROM object_parts',
    );
    expect(largest).toBeLessThanOrEqual(MIB);
  });

  it('keeps the same bytes of one run once, whoever puts them at the same time', async () => {
    const bytes = randomBytes(2 * MIB);
    const before = await count('objects');
    const objects = await Promise.all(['a', 'b', 'a', 'c'].map((step) => store.put({ run, step }, bytes)));
    expect(new Set(objects.map(({ id }) => id)).size).toBe(1);
    expect(await count('objects')).toBe(before + 1);
    const other = await store.put({ run: await insertRun(database.dataSource), step: 'a' }, bytes);
    expect(other.id).not.toBe(objects[0]!.id);
  });

  it('shows it to its own project only', async () => {
    const { id } = await store.put({ run, step: 's' }, Buffer.from('1'));
    expect(await store.find('other', id)).toBeUndefined();
    expect(await store.find('default', randomUUID())).toBeUndefined();
  });

  it('keeps nothing of a run that is not there', async () => {
    const before = await count('objects');
    await expect(store.put({ run: randomUUID(), step: 's' }, Buffer.from('1'))).rejects.toMatchObject({
      code: 'run-unknown',
    });
    expect(await count('objects')).toBe(before);
  });

  it('lets a reader go in the middle', async () => {
    const { id } = await store.put({ run, step: 's' }, randomBytes(8 * MIB));
    for await (const part of store.read(id)) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    expect(await database.dataSource.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('removes those of runs that ended long ago, with all their parts', async () => {
    await database.dataSource.query('DELETE FROM objects');
    const kept = await store.put({ run: await insertRun(database.dataSource), step: 's' }, Buffer.from('1'));
    for (let index = 0; index < 45; index++) await store.put({ run, step: 's' }, Buffer.from(String(index)));
    await new PostgresRunRecorder(database.dataSource).record({
      results: [
        {
          run,
          result: { status: 'succeeded' },
          endedAt: Date.now() - 10_000,
          sequence: 1,
          steps: {},
          actions: {},
        },
      ],
    });
    expect(await store.removeOld(3_600_000)).toBe(0);
    expect(await store.removeOld(1_000)).toBe(45);
    expect(await count('object_parts')).toBe(1);
    expect(await store.find('default', kept.id)).toEqual(kept);
  });
});
