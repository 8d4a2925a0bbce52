import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { DIMENSIONS } from '#domain/claims/grant.js';
import type { Json } from '#domain/json.js';
import type { Amounts } from '#domain/plan/plan.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { PoolRepository } from '#persistence/repositories/pool-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

const MAX_POOLS = 1_000;

/** Sets pools up, changes and removes them. */
@Injectable()
export class ChangePool {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** True where it is new. Throws SluiceError `pool-limit-reached`. */
  async set(name: string, given: Amounts, reason: string | undefined, caller: Caller): Promise<boolean> {
    const capacity = Object.fromEntries(
      DIMENSIONS.flatMap((dimension) => {
        const amount = given[dimension];
        return amount === undefined ? [] : [[dimension, amount]];
      }),
    ) as Amounts;
    return this.dataSource.transaction(async (manager) => {
      const before = await new PoolRepository(manager).set(caller.project, name, capacity, caller.actor);
      if (before === undefined && (await new PoolRepository(manager).count(caller.project)) > MAX_POOLS) {
        throw problemError('pool-limit-reached', `There are ${MAX_POOLS} resource pools already.`);
      }
      await record(manager, caller, 'pool.set', name, { before, after: capacity, reason });
      return before === undefined;
    });
  }

  /** Throws SluiceError `pool-not-found`, `pool-in-use`. */
  async remove(name: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const before = await new PoolRepository(manager).remove(caller.project, name);
      if (before === undefined)
        throw problemError('pool-not-found', 'No resource pool was set up by this name.');
      if (before === 'in-use') throw problemError('pool-in-use', `Steps hold something of the pool ${name}.`);
      await record(manager, caller, 'pool.delete', name, { before });
    });
  }
}

interface PoolChange {
  readonly before: Amounts | undefined;
  readonly after?: Amounts;
  readonly reason?: string | undefined;
}

async function record(
  manager: EntityManager,
  caller: Caller,
  action: 'pool.set' | 'pool.delete',
  name: string,
  { before, after, reason }: PoolChange,
): Promise<void> {
  await new AuditRepository(manager).add({
    ...caller,
    action,
    objectType: 'pool',
    objectId: name,
    ...(before === undefined ? {} : { before: { capacity: before } as Json }),
    ...(after === undefined ? {} : { after: { capacity: after } as Json }),
    reason,
  });
}
