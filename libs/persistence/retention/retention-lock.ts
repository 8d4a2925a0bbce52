import type { DataSource } from 'typeorm';
import { SluiceError } from '#domain/errors.js';

/** Any constant will do; it must never change. */
const RETENTION_LOCK = 7_582_465;

/**
 * The right to remove or rewrite what is old: one holds it at a time, of all processes. It ends with the connection, so
 * that nobody who died holds it. Throws SluiceError `retention-busy` when another holds it.
 */
export async function takeRetentionLock(dataSource: DataSource): Promise<() => Promise<void>> {
  const runner = dataSource.createQueryRunner();
  try {
    const [{ mine }] = await runner.query('SELECT pg_try_advisory_lock($1) AS mine', [RETENTION_LOCK]);
    if (mine !== true) {
      throw new SluiceError({
        code: 'retention-busy',
        fault: 'user',
        message: 'A pass of retention, or an erasure, is under way.',
      });
    }
  } catch (error) {
    await runner.release();
    throw error;
  }
  return async () => {
    await runner.query('SELECT pg_advisory_unlock($1)', [RETENTION_LOCK]).catch(() => undefined);
    await runner.release();
  };
}
