import type { EntityManager } from 'typeorm';
import type { StepError } from '#domain/execution/step-error.js';
import { AuditRepository } from './repositories/audit-repository.js';
import { OutboxRepository } from './repositories/outbox-repository.js';
import { RunRepository } from './repositories/run-repository.js';

interface CancelOrder {
  readonly project: string;
  readonly run: string;
  /** Of the run, for the audit log. */
  readonly status: string;
  readonly actor: string;
  readonly reason: string | undefined;
  readonly correlationId?: string;
}

const NEVER_STARTED: StepError = {
  class: 'canceled',
  code: 'run-canceled',
  message: 'The run was canceled before it began.',
};

/**
 * Asks a run to end: one that was not handed over ends here, of the others Temporal is told. False when it has ended or
 * was asked already. Call in a transaction that has locked the run.
 */
export async function orderCancel(manager: EntityManager, order: CancelOrder): Promise<boolean> {
  const { project, run, status, actor, reason, correlationId } = order;
  const runs = new RunRepository(manager);
  if (!(await runs.requestCancel(run, actor, reason))) return false;
  const outbox = new OutboxRepository(manager);
  if (await outbox.withdrawStart(run)) {
    await runs.end(run, { status: 'canceled', error: NEVER_STARTED }, NEVER_STARTED);
  } else {
    await outbox.add({ project, kind: 'cancel', runId: run });
  }
  await new AuditRepository(manager).add({
    project,
    actor,
    ...(correlationId === undefined ? {} : { correlationId }),
    action: 'run.cancel',
    objectType: 'run',
    objectId: run,
    before: { status },
    reason,
  });
  return true;
}
