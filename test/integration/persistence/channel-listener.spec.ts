import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChannelListener } from '#persistence/channel-listener.js';
import { RUN_CHANNEL, RunNotifier } from '#persistence/run-notifier.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';

describe('ChannelListener', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.close());

  it('hears of changed runs, once for many changes, and again after its connection was cut', async () => {
    const heard: (string | null)[] = [];
    let wake = () => {};
    const listener = new ChannelListener(database.url, RUN_CHANNEL, (run) => {
      heard.push(run);
      wake();
    });
    const hear = async (count: number) => {
      while (heard.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    const notifier = new RunNotifier(database.dataSource);
    await listener.start();
    expect(heard).toEqual([null]);
    for (let index = 0; index < 50; index++) notifier.notify('a');
    notifier.notify('b');
    await hear(3);
    expect(heard).toEqual([null, 'a', 'b']);

    const cut = await database.dataSource.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'sluice-listener' AND datname = current_database()`,
    );
    expect(cut).toHaveLength(1);
    await hear(4);
    expect(heard.at(-1)).toBeNull();
    notifier.notify('c');
    await hear(5);
    expect(heard.at(-1)).toBe('c');
    await listener.close();
  });
});
