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
    const seen = await this.look(request);
    if (seen === 'granted' || seen === 'waiting') return seen;
    const answer = await this.decide(request, (manager) => insert(manager, request));
    return answer === 'gone' ? 'run-ended' : answer;
  }

  async review(request: ClaimsRequest): Promise<ClaimsAnswer | 'gone'> {
    const seen = await this.look(request);
    return seen === 'changing' ? this.decide(request, async () => undefined) : seen;
  }

  /** Waits for an `acquire` that is under way, so that nothing is left of it. */
  async release({ run, step }: ClaimsRelease): Promise<void> {
    const [found] = await this.dataSource.query('SELECT project FROM runs WHERE id = $1', [run]);
    if (found === undefined) return;
    await this.dataSource.transaction(async (manager) => {
      await lockClaims(manager, found.project);
      if (await remove(manager, run, step)) await grantWaiting(manager, found.project);
    });
  }

  /** How the claim stands by what is written; `changing` where that is out of date. */
  private async look({
    run,
    step,
    claims,
  }: ClaimsRequest): Promise<'granted' | 'waiting' | 'gone' | 'changing'> {
    const [claim] = await this.dataSource.query(
      `SELECT granted_at IS NOT NULL AS granted, p.capacity, EXISTS (
         SELECT FROM claims o JOIN runs r ON r.id = o.run_id
         WHERE o.project = c.project AND r.ended_at IS NOT NULL) AS "leftOver"
       FROM claims c LEFT JOIN resource_pools p ON p.project = c.project AND p.name = c.pool
       WHERE c.run_id = $1 AND c.step = $2`,
      [run, step],
    );
    if (claim === undefined) return 'gone';
    if (claim.granted === true) return 'granted';
    const capacities = new Map(
      claim.capacity === null || claims.resources === undefined
        ? []
        : [[claims.resources.pool, claim.capacity]],
    );
    return claim.leftOver === true || findHopeless(capacities, claims) !== undefined ? 'changing' : 'waiting';
  }

  private async decide(
    { run, step, project, claims }: ClaimsRequest,
    ask: (manager: EntityManager) => Promise<void>,
  ): Promise<ClaimsAnswer | 'gone'> {
    return this.dataSource.transaction(async (manager) => {
      await lockClaims(manager, project);
      await ask(manager);
      const capacities = await grantWaiting(manager, project);
      const [claim] = await manager.query(
        'SELECT granted_at IS NOT NULL AS granted FROM claims WHERE run_id = $1 AND step = $2',
        [run, step],
      );
      if (claim === undefined) return 'gone';
      if (claim.granted === true) return 'granted';
      const hopeless = findHopeless(capacities, claims);
      if (hopeless === undefined) return 'waiting';
      await remove(manager, run, step);
      return hopeless;
    });
  }
}

async function insert(manager: EntityManager, { run, step, project, claims }: ClaimsRequest): Promise<void> {
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
}

/** False where there is nothing. */
async function remove(manager: EntityManager, run: string, step: string): Promise<boolean> {
  const [rows] = await manager.query('DELETE FROM claims WHERE run_id = $1 AND step = $2 RETURNING step', [
    run,
    step,
  ]);
  return rows.length === 1;
}
