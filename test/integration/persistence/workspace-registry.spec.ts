import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PostgresRunRecorder } from '#persistence/run-recorder.js';
import { PostgresWorkspaceRegistry } from '#persistence/workspace-registry.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { insertRun } from './run-fixture.js';

const ALIVE_MS = 60_000;

describe('PostgresWorkspaceRegistry', () => {
  let database: TestDatabase;
  let registry: PostgresWorkspaceRegistry;
  let run: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    registry = new PostgresWorkspaceRegistry(database.dataSource);
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    await database.dataSource.query('TRUNCATE workers, workspaces');
    run = await insertRun(database.dataSource);
    await registry.beat({ queue: 'workspace-a', identity: 'a' });
  });

  const silence = (queue: string) =>
    database.dataSource.query(`UPDATE workers SET seen_at = now() - interval '1 hour' WHERE queue = $1`, [
      queue,
    ]);

  it('leaves a workspace with the live worker that holds it', async () => {
    expect(await registry.assign({ run }, 'workspace-a', ALIVE_MS)).toEqual({
      queue: 'workspace-a',
      fresh: true,
    });
    expect(await registry.assign({ run }, 'workspace-b', ALIVE_MS)).toEqual({
      queue: 'workspace-a',
      fresh: false,
    });
    expect(await registry.assign({ run }, 'workspace-a', ALIVE_MS)).toEqual({
      queue: 'workspace-a',
      fresh: false,
    });
  });

  it('gives it to another when its worker is silent, and back', async () => {
    await registry.assign({ run }, 'workspace-a', ALIVE_MS);
    await silence('workspace-a');
    await registry.beat({ queue: 'workspace-b', identity: 'b' });
    expect(await registry.assign({ run }, 'workspace-b', ALIVE_MS)).toEqual({
      queue: 'workspace-b',
      fresh: true,
    });
    await registry.beat({ queue: 'workspace-a', identity: 'a' });
    expect(await registry.assign({ run }, 'workspace-a', ALIVE_MS)).toEqual({
      queue: 'workspace-b',
      fresh: false,
    });
    await silence('workspace-b');
    expect(await registry.assign({ run }, 'workspace-a', ALIVE_MS)).toEqual({
      queue: 'workspace-a',
      fresh: true,
    });
  });

  it('gives a run one workspace in each worker pool', async () => {
    await registry.beat({ queue: 'workspace-b', identity: 'b' });
    expect(await registry.assign({ run }, 'workspace-a', ALIVE_MS)).toMatchObject({ queue: 'workspace-a' });
    for (const fresh of [true, false]) {
      expect(await registry.assign({ run, pool: 'large' }, 'workspace-b', ALIVE_MS)).toEqual({
        queue: 'workspace-b',
        fresh,
      });
    }
    expect(await registry.assign({ run }, 'workspace-b', ALIVE_MS)).toEqual({
      queue: 'workspace-a',
      fresh: false,
    });
  });

  it('gives one answer to many who ask at once', async () => {
    const queues = ['workspace-a', 'workspace-b', 'workspace-c'];
    for (const queue of queues) await registry.beat({ queue, identity: queue });
    const answers = await Promise.all(queues.map((queue) => registry.assign({ run }, queue, ALIVE_MS)));
    expect(new Set(answers.map((answer) => answer.queue)).size).toBe(1);
    expect(answers.filter((answer) => answer.fresh)).toHaveLength(1);
  });

  it('lets a worker remove what it holds or held of runs that ended long ago, until it is released', async () => {
    await registry.assign({ run }, 'workspace-a', ALIVE_MS);
    await silence('workspace-a');
    await registry.assign({ run }, 'workspace-b', ALIVE_MS);
    expect(await registry.removable('workspace-a', 0)).toEqual([]);

    const endedAt = Date.now() - 10_000;
    const recorder = new PostgresRunRecorder(database.dataSource);
    await recorder.record({
      results: [
        {
          run,
          result: { status: 'succeeded' },
          endedAt,
          sequence: 1,
          steps: {},
          actions: {},
        },
      ],
    });
    expect(await registry.removable('workspace-a', 3_600_000)).toEqual([]);
    expect(await registry.removable('workspace-a', 1_000)).toEqual([run]);
    expect(await registry.removable('workspace-b', 1_000)).toEqual([run]);

    await registry.released(run, 'workspace-a');
    expect(await registry.removable('workspace-a', 1_000)).toEqual([]);
    expect(await registry.removable('workspace-b', 1_000)).toEqual([run]);
  });
});
