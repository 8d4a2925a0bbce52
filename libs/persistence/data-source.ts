import { DataSource, MigrationExecutor } from 'typeorm';
import { SluiceError } from '#domain/errors.js';
import { ApiKey } from './entities/api-key.entity.js';
import { AuditEntry } from './entities/audit-entry.entity.js';
import { Claim } from './entities/claim.entity.js';
import { EventDelivery } from './entities/event-delivery.entity.js';
import { Freeze } from './entities/freeze.entity.js';
import { Member } from './entities/member.entity.js';
import { OutboxMessage } from './entities/outbox-message.entity.js';
import { Project } from './entities/project.entity.js';
import { ResourcePool } from './entities/resource-pool.entity.js';
import { Run } from './entities/run.entity.js';
import { RunCheckpoint } from './entities/run-checkpoint.entity.js';
import { RunEvent } from './entities/run-event.entity.js';
import { RunStep } from './entities/run-step.entity.js';
import { StepAttempt } from './entities/step-attempt.entity.js';
import { StepLog } from './entities/step-log.entity.js';
import { StoredValue } from './entities/stored-value.entity.js';
import { StoredValuePart } from './entities/stored-value-part.entity.js';
import { SavedTemplate } from './entities/template.entity.js';
import { User } from './entities/user.entity.js';
import { Worker } from './entities/worker.entity.js';
import { Workflow } from './entities/workflow.entity.js';
import { WorkflowAlias } from './entities/workflow-alias.entity.js';
import { WorkflowAliasMove } from './entities/workflow-alias-move.entity.js';
import { WorkflowPublication } from './entities/workflow-publication.entity.js';
import { WorkflowVersion } from './entities/workflow-version.entity.js';
import { Workspace } from './entities/workspace.entity.js';
import { CreateStore1763683200000 } from './migrations/1763683200000-create-store.js';
import { RunOperations1763769600000 } from './migrations/1763769600000-run-operations.js';
import { Claims1763773200000 } from './migrations/1763773200000-claims.js';
import { Objects1763776800000 } from './migrations/1763776800000-objects.js';
import { WorkspacePools1763780400000 } from './migrations/1763780400000-workspace-pools.js';
import { Versions1763784000000 } from './migrations/1763784000000-versions.js';
import { Failures1763787600000 } from './migrations/1763787600000-failures.js';
import { Templates1763791200000 } from './migrations/1763791200000-templates.js';
import { RunOrigins1763798400000 } from './migrations/1763798400000-run-origins.js';
import { Access1763809200000 } from './migrations/1763809200000-access.js';
import { SnakeCaseNaming } from './naming-strategy.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** Any constant will do; it must never change. */
const MIGRATION_LOCK = 7_582_463;

/** Not yet connected: `await dataSource.initialize()`, and `destroy()` at the end. */
export function createDataSource(url: string, options: { readonly poolSize: number }): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize: options.poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: 'sluice',
    namingStrategy: new SnakeCaseNaming(),
    // The pool drops the connection by itself; the next query reports what is wrong.
    poolErrorHandler: () => undefined,
    entities: [
      ApiKey,
      AuditEntry,
      Claim,
      EventDelivery,
      Freeze,
      Member,
      OutboxMessage,
      Project,
      ResourcePool,
      Run,
      RunCheckpoint,
      RunEvent,
      RunStep,
      SavedTemplate,
      StepAttempt,
      StepLog,
      StoredValue,
      StoredValuePart,
      User,
      Worker,
      Workflow,
      WorkflowAlias,
      WorkflowAliasMove,
      WorkflowPublication,
      WorkflowVersion,
      Workspace,
    ],
    migrations: [
      CreateStore1763683200000,
      RunOperations1763769600000,
      Claims1763773200000,
      Objects1763776800000,
      WorkspacePools1763780400000,
      Versions1763784000000,
      Failures1763787600000,
      Templates1763791200000,
      RunOrigins1763798400000,
      Access1763809200000,
    ],
    migrationsTransactionMode: 'each',
  });
}

/**
 * Brings the schema up to this program's version, forward only. Processes that start at once wait for each other.
 * Throws SluiceError `database-newer` where a newer Sluice has migrated the database.
 */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      const executor = new MigrationExecutor(dataSource, runner);
      executor.transaction = 'each';
      refuseNewer(await executor.getExecutedMigrations(), dataSource);
      await executor.executePendingMigrations();
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    }
  } finally {
    await runner.release();
  }
}

function refuseNewer(executed: readonly { readonly name: string }[], dataSource: DataSource): void {
  const known = new Set(dataSource.migrations.map((migration) => migration.constructor.name));
  const unknown = executed.map((migration) => migration.name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new SluiceError({
    code: 'database-newer',
    fault: 'user',
    message: `The database was migrated by a newer Sluice (${unknown.join(', ')}).`,
    hint: 'Start that version or a later one; an older one would misread the data.',
  });
}
