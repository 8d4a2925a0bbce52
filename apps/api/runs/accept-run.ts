import type { DataSource, EntityManager } from 'typeorm';
import type { FreezeChoice, RunTrigger } from '#contracts/rest/runs.js';
import type { RunOrigin } from '#contracts/trace-context.js';
import type { ConcurrencyPolicy } from '#domain/definition/definition.js';
import { evaluateGroup } from '#domain/execution/concurrency-group.js';
import type { Json } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';
import { FreezeRepository } from '#persistence/repositories/freeze-repository.js';
import { GroupRepository } from '#persistence/repositories/group-repository.js';
import { type NewRun, RunRepository, type RunRow } from '#persistence/repositories/run-repository.js';
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
 * Writes a run, the message of its start and the audit entry in one transaction. Undefined when the project has a run with
 * its idempotency key already. Throws SluiceError `concurrency-group-invalid`, `concurrency-rejected`, `frozen`.
 */
export async function acceptRun(dataSource: DataSource, acceptance: Acceptance): Promise<RunRow | undefined> {
  const { run, workflow, freeze } = acceptance;
  const { project } = run;
  const group = groupOf(acceptance);
  const refusable = (freeze ?? suggest(group?.policy)) === 'refuse';
  const { alongside } = acceptance;
  if (group === undefined && !refusable && alongside === undefined)
    return write(dataSource.manager, acceptance, undefined);
  return dataSource.transaction(async (manager) => {
    if (group !== undefined) await new GroupRepository(manager).lock(project, group.group);
    const row = await write(manager, acceptance, group);
    if (row === undefined) return undefined;
    await alongside?.(manager, run.id);
    if (refusable) await refuseFrozen(manager, project, workflow);
    if (group === undefined) return row;
    await enterGroup(manager, acceptance, group);
    // Those that made way may have ended at once.
    return new RunRepository(manager).find(project, run.id);
  });
}

function write(
  manager: EntityManager,
  { run, freeze, caller, action, facts, reason }: Acceptance,
  group: Group | undefined,
): Promise<RunRow | undefined> {
  return new RunRepository(manager).accept(
    {
      ...run,
      origin: originOf(caller),
      ...(group === undefined ? {} : { concurrencyGroup: group.group }),
      ...(freeze === 'override' ? { ignoresFreezes: true } : {}),
    },
    {
      ...caller,
      action,
      objectType: 'run',
      objectId: run.id,
      after: { ...facts, ...(freeze === 'override' ? { freeze } : {}) },
      reason,
    },
  );
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
