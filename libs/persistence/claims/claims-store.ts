import type { DataSource, EntityManager } from 'typeorm';
import type { ClaimsAnswer, ClaimsStore } from '#contracts/ports.js';
import type { ClaimsRelease, ClaimsRequest } from '#contracts/run.js';
import { findHopeless } from '#domain/claims/grant.js';
import { jsonOrNull } from '../json-column.js';
import { grantWaiting, lockClaims } from './grant-waiting.js';

/** Claims in Postgres. All changes of one project's claims take turns; asking again changes nothing and needs no turn. */
export class PostgresClaimsStore implements ClaimsStore {
  constructor(private readonly dataSource: DataSource) {}

  async acquire(request: ClaimsRequest): Promise<ClaimsAnswer> {
    return (await this.look(request)) ?? this.ask(request);
  }

  async release({ run, step }: ClaimsRelease): Promise<void> {
    const [claim] = await this.dataSource.query(
      'SELECT project FROM claims WHERE run_id = $1 AND step = $2',
      [run, step],
    );
    if (claim === undefined) return;
    await this.dataSource.transaction(async (manager) => {
      await lockClaims(manager, claim.project);
      await remove(manager, run, step);
      await grantWaiting(manager, claim.project);
    });
  }

  /** What the others' doings have made of the claim by now; undefined where something is to be done about it. */
  private async look({ run, step, claims }: ClaimsRequest): Promise<'granted' | 'waiting' | undefined> {
    const [claim] = await this.dataSource.query(
      `SELECT granted_at IS NOT NULL AS granted, p.capacity, EXISTS (
         SELECT FROM claims o JOIN runs r ON r.id = o.run_id
         WHERE o.project = c.project AND r.ended_at IS NOT NULL) AS "leftOver"
       FROM claims c LEFT JOIN resource_pools p ON p.project = c.project AND p.name = c.pool
       WHERE c.run_id = $1 AND c.step = $2`,
      [run, step],
    );
    if (claim === undefined) return undefined;
    if (claim.granted === true) return 'granted';
    const capacities = new Map(
      claim.capacity === null || claims.resources === undefined
        ? []
        : [[claims.resources.pool, claim.capacity]],
    );
    return claim.leftOver === true || findHopeless(capacities, claims) !== undefined ? undefined : 'waiting';
  }

  private async ask({ run, step, project, claims }: ClaimsRequest): Promise<ClaimsAnswer> {
    return this.dataSource.transaction(async (manager) => {
      await lockClaims(manager, project);
      await manager.query(
        `INSERT INTO claims (run_id, step, project, locks, pool, amounts, priority)
         SELECT id, $2, $3, $4, $5, $6::json, $7 FROM runs WHERE id = $1
         ON CONFLICT (run_id, step) DO NOTHING`,
        [
          run,
          step,
          project,
          claims.locks,
          claims.resources?.pool ?? null,
          jsonOrNull(claims.resources?.amounts),
          claims.priority,
        ],
      );
      const capacities = await grantWaiting(manager, project);
      const [claim] = await manager.query(
        'SELECT granted_at IS NOT NULL AS granted FROM claims WHERE run_id = $1 AND step = $2',
        [run, step],
      );
      if (claim === undefined) return 'run-ended';
      if (claim.granted === true) return 'granted';
      const hopeless = findHopeless(capacities, claims);
      if (hopeless === undefined) return 'waiting';
      await remove(manager, run, step);
      return hopeless;
    });
  }
}

async function remove(manager: EntityManager, run: string, step: string): Promise<void> {
  await manager.query('DELETE FROM claims WHERE run_id = $1 AND step = $2', [run, step]);
}
