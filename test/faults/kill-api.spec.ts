import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestPlatform } from '../platform.js';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await TestPlatform.start();
});
afterAll(() => platform?.close());

it('kill -9 of the API right after its 202s: every accepted run ends, once', async () => {
  const workflow = await platform.saveExample('hello');
  const accepted = await Promise.all(
    Array.from({ length: 20 }, () => platform.execute(workflow.id, { name: 'world' })),
  );
  await platform.api.kill();
  await platform.startApi();
  expect(platform.api.starts).toBe(2);

  for (const { id } of accepted) expect((await platform.waitForEnd(id)).status).toBe('succeeded');
  const rows = await platform.database.dataSource.query('SELECT count(*)::int AS runs FROM runs');
  expect(rows).toEqual([{ runs: 20 }]);
});
