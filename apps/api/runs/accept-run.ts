import type { DataSource, EntityManager } from 'typeorm';
import type { FreezeChoice, RunTrigger } from '#contracts/rest/runs.js';
import type { RunOrigin } from '#contracts/trace-context.js';
import type { ConcurrencyPolicy } from '#domain/definition/definition.js';
import { evaluateGroup } from '#domain/execution/concurrency-group.js';
import type { Json } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { FreezeRepository } from '#persistence/repositories/freeze-repository.js';
import { GroupRepository } from '#persistence/repositories/group-repository.js';
import { OutboxRepository } from '#persistence/repositories/outbox-repository.js';
import { type NewRun, RunRepository } from '#persistence/repositories/run-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';

interface Acceptance {
  readonly run: Omit<NewRun, 'concurrencyGroup' | 'ignoresFreezes' | 'origin'>;
  /** Its name. */
  readonly workflow: string;
  readonly plan: Plan;
  /** Undefined: as its concurrency policy suggests. */
  readonly freeze: FreezeChoice | undefined;
  readonly caller: Caller;
  readonly action: 'run.start' | 'run.rerun';
  readonly reason: string | undefined;
  /** Writes what belongs to the run; what it throws undoes both. */
  readonly alongside?: ((manager: EntityManager, run: string) => Promise<void>) | undefined;
  /** For the audit log. */
  readonly facts: { readonly [name: string]: Json };
}

/**
 * Writes a run, the message of its start and the audit entry in one transaction. False when the project has a run with
 * its idempotency key already. Throws SluiceError `concurrency-group-invalid`, `concurrency-rejected`, `frozen`.
 */
export async function acceptRun(dataSource: DataSource, acceptance: Acceptance): Promise<boolean> {
  const { run, workflow, freeze, caller } = acceptance;
  const { project } = run;
  const group = groupOf(acceptance);
  return dataSource.transaction(async (manager) => {
    if (group !== undefined) await new GroupRepository(manager).lock(project, group.group);
    const inserted = await new RunRepository(manager).insert({
      ...run,
      origin: originOf(caller),
      ...(group === undefined ? {} : { concurrencyGroup: group.group }),
      ...(freeze === 'override' ? { ignoresFreezes: true } : {}),
    });
    if (!inserted) return false;
    await acceptance.alongside?.(manager, run.id);
    if ((freeze ?? suggest(group?.policy)) === 'refuse') await refuseFrozen(manager, project, workflow);
    if (group !== undefined) await enterGroup(manager, acceptance, group);
    await new OutboxRepository(manager).add({ project, kind: 'start', runId: run.id });
    await new AuditRepository(manager).add({
      ...caller,
      action: acceptance.action,
      objectType: 'run',
      objectId: run.id,
      after: { ...acceptance.facts, ...(freeze === 'override' ? { freeze } : {}) },
      reason: acceptance.reason,
    });
    return true;
  });
}

/** A run that takes the place of others, or that has none beside them, is not worth keeping for later. */
function suggest(policy: ConcurrencyPolicy | undefined): FreezeChoice {
  return policy === 'reject' || policy === 'cancel' ? 'refuse' : 'wait';
}

function originOf({ correlationId, traceparent }: Caller): RunOrigin {
  return { correlationId, ...(traceparent === undefined ? {} : { traceparent }) };
}

interface Group {
  readonly group: string;
  readonly policy: ConcurrencyPolicy;
}

function groupOf({ run, workflow, plan: { concurrency } }: Acceptance): Group | undefined {
  if (concurrency === undefined) return undefined;
  const trigger: RunTrigger = run.trigger ?? 'api';
  const group = evaluateGroup(concurrency.group, run.inputs, {
    workflow,
    version: run.version,
    trigger,
    startedBy: run.startedBy,
    startedAt: new Date().toISOString(),
  });
  if (group.ok) return { group: group.name, policy: concurrency.policy };
  throw problemError('concurrency-group-invalid', `The concurrency group ${group.message}`.slice(0, 1_000));
}

async function refuseFrozen(manager: EntityManager, project: string, workflow: string): Promise<void> {
  const freeze = await new FreezeRepository(manager).findActive(project, workflow);
  if (freeze === undefined) return;
  const until = freeze.endsAt.toISOString();
  throw problemError('frozen', `The freeze "${freeze.name}" holds runs of ${workflow} until ${until}.`);
}

async function enterGroup(manager: EntityManager, { run, caller }: Acceptance, group: Group): Promise<void> {
  const kept = await new GroupRepository(manager).makeWay(run, group, caller);
  if (kept === undefined) return;
  const message = `Run ${kept.id} of the concurrency group "${group.group}" has not ended: it is ${kept.status}.`;
  throw problemError('concurrency-rejected', message);
}
