import type { DataSource } from 'typeorm';

/** Does to the audit log what the program never does, as one who owns the database could: without its triggers. */
export async function amendAuditLog(dataSource: DataSource, ...statements: readonly string[]): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.query('SET LOCAL session_replication_role = replica');
    for (const statement of statements) await manager.query(statement);
  });
}
