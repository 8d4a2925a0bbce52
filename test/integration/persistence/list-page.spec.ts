import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { createDataSource } from '#persistence/data-source.js';
import {
  type Condition,
  type Listing,
  listKept,
  listPage,
  type SortOrder,
} from '#persistence/listing/list-page.js';
import { createEmptyDatabase } from '../../postgres.js';

interface Row {
  readonly id: number;
  readonly at: Date;
  readonly kind: string;
}

const SORTS = ['at', 'name', 'id'] as const;

type Sort = (typeof SORTS)[number];

const THINGS: Listing<Sort> = {
  columns: 't.id, t.at, t.kind',
  from: 'things t',
  sorts: {
    at: { sql: 't.at', type: 'timestamptz' },
    name: { sql: 't.name', type: 'text' },
    id: { sql: 't.id', type: 'integer' },
  },
  key: { sql: 't.id', type: 'integer' },
};

let database: Awaited<ReturnType<typeof createEmptyDatabase>>;
let dataSource: DataSource;
beforeAll(async () => {
  database = await createEmptyDatabase();
  dataSource = await createDataSource(database.url, { poolSize: 2 }).initialize();
  await dataSource.query(
    'CREATE TABLE things (id integer PRIMARY KEY, at timestamptz NOT NULL, name text NOT NULL, kind text NOT NULL)',
  );
});
afterAll(async () => {
  await dataSource?.destroy();
  await database?.close();
});

/** Many alike in what they are sorted by, microseconds apart. */
async function insert(ids: readonly number[]): Promise<void> {
  await dataSource.query(
    `INSERT INTO things SELECT id, '2026-01-01T00:00:00Z'::timestamptz + id % 5 * interval '1 microsecond',
       (ARRAY['ä', 'Z', 'a', '', '"\\'])[1 + id % 5], (ARRAY['even', 'odd'])[1 + id % 2]
     FROM unnest($1::integer[]) AS id ON CONFLICT DO NOTHING`,
    [ids],
  );
}

interface Asked {
  readonly sort: SortOrder<Sort>;
  readonly limit: number;
  readonly where?: readonly Condition[];
  readonly between?: (page: number) => Promise<void>;
}

async function readAll({ sort, limit, where = [], between }: Asked): Promise<number[]> {
  const seen: number[] = [];
  let after: string | undefined;
  for (let page = 0; page < 500; page++) {
    const { rows, next } = await listPage<Row, Sort>(dataSource.manager, THINGS, {
      where,
      sort,
      limit,
      after,
    });
    seen.push(...rows.map(({ id }) => id));
    if (next === undefined) return seen;
    after = next;
    await between?.(page);
  }
  throw new Error('it has no end');
}

const ORDERS = SORTS.flatMap((sort): SortOrder<Sort>[] => [sort, `-${sort}`]);

describe('a page', () => {
  it('neither repeats nor hides rows while others are added and removed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ORDERS),
        fc.integer({ min: 1, max: 7 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 40 }),
        fc.array(fc.record({ add: fc.nat(60), remove: fc.nat(60) }), { maxLength: 20 }),
        async (sort, limit, ids, changes) => {
          await dataSource.query('TRUNCATE things');
          await insert(ids);
          const touched = new Set<number>();
          const seen = await readAll({
            sort,
            limit,
            between: async (page) => {
              const change = changes[page];
              if (change === undefined) return;
              touched.add(change.add).add(change.remove);
              await insert([change.add]);
              await dataSource.query('DELETE FROM things WHERE id = $1', [change.remove]);
            },
          });
          const steady = ids.filter((id) => !touched.has(id)).sort();
          expect(seen.filter((id) => !touched.has(id)).sort()).toEqual(steady);
          const repeated = seen.filter((id, at) => seen.indexOf(id) !== at && !touched.has(id));
          expect(repeated).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each(ORDERS)(
    'goes through all in the order %s, by one value, several, and what no index holds',
    async (sort) => {
      await dataSource.query('TRUNCATE things');
      const ids = Array.from({ length: 37 }, (_, id) => id);
      await insert(ids);
      const [by, direction] = sort.startsWith('-') ? [sort.slice(1), 'DESC'] : [sort, 'ASC'];
      const inOrder = (condition: string): Promise<number[]> =>
        dataSource
          .query(`SELECT id FROM things WHERE ${condition} ORDER BY ${by} ${direction}, id ${direction}`)
          .then((rows: { id: number }[]) => rows.map(({ id }) => id));
      const choice = (anyOf: readonly string[]) => [{ column: 't.kind', type: 'text' as const, anyOf }];
      expect(await readAll({ sort, limit: 4 })).toEqual(await inOrder('true'));
      expect(await readAll({ sort, limit: 3, where: choice(['odd']) })).toEqual(
        await inOrder(`kind = 'odd'`),
      );
      expect(await readAll({ sort, limit: 5, where: choice(['odd', 'even']) })).toEqual(
        await inOrder('true'),
      );
      const scanning = [{ sql: 't.id % ? = 0', value: 7, scans: true }];
      expect(
        await readAll({ sort, limit: 2, where: [...choice(['odd', 'even', 'none']), ...scanning] }),
      ).toEqual(await inOrder('id % 7 = 0'));
    },
  );

  it('is looked for among ten thousand rows, and says where it ended', async () => {
    await dataSource.query('TRUNCATE things');
    await insert(Array.from({ length: 25_000 }, (_, id) => id));
    const where = [{ sql: 't.id = ANY (?)', value: [9_999, 10_000, 24_999], scans: true }];
    const ask = (after?: string) =>
      listPage<Row, Sort>(dataSource.manager, THINGS, { where, sort: 'id', limit: 50, after, total: true });
    const pages = [await ask()];
    while (pages.at(-1)!.next !== undefined) pages.push(await ask(pages.at(-1)!.next));
    expect(pages.map(({ rows }) => rows.map(({ id }) => id))).toEqual([[9_999], [10_000], [24_999]]);
    expect(pages[0]).toMatchObject({ total: 1, totalAtLeast: true });
  });

  it('counts to ten thousand, and only where it is asked to', async () => {
    await dataSource.query('TRUNCATE things');
    await insert(Array.from({ length: 10_001 }, (_, id) => id));
    const page = (total?: boolean) =>
      listPage<Row, Sort>(dataSource.manager, THINGS, { where: [], sort: 'id', limit: 1, total });
    expect(await page()).not.toHaveProperty('total');
    expect(await page(true)).toMatchObject({ total: 10_000, totalAtLeast: true });
    await dataSource.query('DELETE FROM things WHERE id = 0');
    const exact = await page(true);
    expect(exact.total).toBe(10_000);
    expect(exact).not.toHaveProperty('totalAtLeast');
  });

  it('of what is kept holds nothing else', async () => {
    await dataSource.query('TRUNCATE things');
    await insert(Array.from({ length: 1_200 }, (_, id) => id));
    const seen: number[] = [];
    let after: string | undefined;
    do {
      const request = { where: [], sort: 'id', limit: 2, after } as const;
      const page = await listKept<Row, Sort>(dataSource.manager, THINGS, request, ({ id }) => id % 250 === 0);
      seen.push(...page.rows.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual([0, 250, 500, 750, 1_000]);
  });
});

describe('a cursor', () => {
  const of = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  const HOSTILE: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['an object', of().replace(/^.*$/, Buffer.from('{"0":1}').toString('base64url'))],
    ['of another list', of('runs', 'at', '2026-01-01 00:00:00+00', '1')],
    ['of another order', of('things', '-at', '2026-01-01 00:00:00+00', '1')],
    ['too short', of('things', 'at', '2026-01-01 00:00:00+00')],
    ['too long', of('things', 'at', '2026-01-01 00:00:00+00', '1', '1')],
    ['a number in place of a text', of('things', 'at', '2026-01-01 00:00:00+00', 1)],
    ['null', of('things', 'at', null, '1')],
    ['an injection', of('things', 'at', "2026-01-01'; DROP TABLE things; --", '1')],
    ['an injection as key', of('things', 'at', '2026-01-01 00:00:00+00', '1 OR true')],
    ['a day that is none', of('things', 'at', '2026-02-30 00:00:00+00', '1')],
    ['an hour that is none', of('things', 'at', '2026-02-20 24:00:00+00', '1')],
    ['a zone that is none', of('things', 'at', '2026-02-20 00:00:00+99', '1')],
    ['the year 0', of('things', 'at', '0000-02-20 00:00:00+00', '1')],
    ['for ever', of('things', 'at', 'infinity', '1')],
    ['a huge number', of('things', 'at', '2026-01-01 00:00:00+00', '9'.repeat(30))],
    ['an exponent', of('things', 'at', '2026-01-01 00:00:00+00', '1e3')],
    ['a prototype', Buffer.from('["things","at",{"__proto__":[]},"1"]').toString('base64url')],
  ];

  it.each(HOSTILE)('that is %s is refused', async (_, after) => {
    const request = { where: [], sort: 'at', limit: 1, after } as const;
    await expect(listPage(dataSource.manager, THINGS, request)).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });

  it.each([
    ['U+0000', 'a\0b'],
    ['too long a text', 'a'.repeat(2_001)],
  ])('that holds %s is refused', async (_, name) => {
    const request = { where: [], sort: 'name', limit: 1, after: of('things', 'name', name, '1') } as const;
    await expect(listPage(dataSource.manager, THINGS, request)).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });

  it('that holds any other text is one', async () => {
    for (const name of ['', "'; --", '\ud800', '\u2028', '{}', 'é'.repeat(2_000)]) {
      const request = { where: [], sort: 'name', limit: 1, after: of('things', 'name', name, '1') } as const;
      await expect(listPage(dataSource.manager, THINGS, request)).resolves.toBeDefined();
    }
  });
});
