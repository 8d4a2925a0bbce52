import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { insertManyRuns } from '../../../bench/lists/many-runs.js';
import { type AskedList, askedLists, readPlans } from '../../../bench/lists/plans.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';

/** Enough for Postgres to plan as it does for a million, with which the bench `lists` asks the same. */
const RUNS = 200_000;

let database: TestDatabase;
let lists: readonly AskedList[];
beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 2 });
  await insertManyRuns(database.dataSource, RUNS);
  lists = await askedLists(database.dataSource);
}, 240_000);
afterAll(() => database?.close());

it('each list reads by an index, and no more than it needs', async () => {
  const wrong: unknown[] = [];
  for (const list of lists) {
    const plans = await readPlans(database.dataSource, list);
    const rows = plans.reduce((sum, plan) => sum + plan.rows, 0);
    const whole = plans.filter((plan) => plan.whole.length > 0);
    if (whole.length > 0 || rows > list.most) wrong.push({ name: list.name, rows, most: list.most, whole });
  }
  expect(wrong).toEqual([]);
}, 240_000);

it('a list that no index serves is noticed', async () => {
  const [plan] = await readPlans(database.dataSource, {
    name: 'by idempotency key of all projects',
    most: 0,
    ask: (manager) => manager.query('SELECT id FROM runs WHERE request_digest = $1 LIMIT 1', ['none']),
  });
  expect(plan).toMatchObject({ whole: ['runs'] });
  expect(plan!.rows).toBeGreaterThanOrEqual(RUNS);
});
