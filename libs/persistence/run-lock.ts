import type { DataSource, EntityManager } from 'typeorm';

/**
 * One transaction in which nothing else writes to the projection of these runs. So the numbers of changes and of
 * log chunks become visible in their order, and a reader that asks for "after n" misses none.
 */
export async function lockRuns<T>(
  dataSource: DataSource,
  runs: readonly string[],
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  return dataSource.transaction(async (manager) => {
    await lockRunsIn(manager, runs);
    return work(manager);
  });
}

/** For a transaction that already stands. Runs are locked in the order of their ids, so that two callers cannot deadlock. */
export async function lockRunsIn(manager: EntityManager, runs: readonly string[]): Promise<void> {
  await manager.query(
    `SELECT pg_advisory_xact_lock(hashtextextended(run, 0))
     FROM (SELECT DISTINCT run FROM unnest($1::text[]) AS run ORDER BY run) AS runs`,
    [runs],
  );
}
