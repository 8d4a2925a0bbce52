import type { EntityManager } from 'typeorm';
import { type Capacities, type Claim, chooseGrants } from '#domain/claims/grant.js';
import type { Amounts } from '#domain/plan/plan.js';

/** Until the transaction ends, nobody else changes what is claimed in the project. Take it before any other lock. */
export async function lockClaims(manager: EntityManager, project: string): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`claims ${project}`]);
}

/** Ends what runs that are over have left, then grants what can be granted. Call under `lockClaims`. */
export async function grantWaiting(manager: EntityManager, project: string): Promise<Capacities> {
  await manager.query(
    `DELETE FROM claims USING runs
     WHERE claims.project = $1 AND runs.id = claims.run_id AND runs.ended_at IS NOT NULL`,
    [project],
  );
  const capacities = await readCapacities(manager, project);
  const claims = await readClaims(manager, project);
  const [held, waiting] = [claims.filter((claim) => claim.granted), claims.filter((claim) => !claim.granted)];
  const granted = chooseGrants(capacities, held, waiting);
  if (granted.length > 0) {
    await manager.query(
      `UPDATE claims SET granted_at = now()
       FROM unnest($1::uuid[], $2::text[]) AS chosen (run_id, step)
       WHERE claims.run_id = chosen.run_id AND claims.step = chosen.step`,
      [granted.map((claim) => claim.run), granted.map((claim) => claim.step)],
    );
  }
  return capacities;
}

interface StoredClaim extends Claim {
  readonly run: string;
  readonly step: string;
  readonly granted: boolean;
}

async function readClaims(manager: EntityManager, project: string): Promise<StoredClaim[]> {
  const rows: {
    run: string;
    step: string;
    granted: boolean;
    locks: string[];
    pool: string | null;
    amounts: Amounts;
  }[] = await manager.query(
    `SELECT run_id AS run, step, granted_at IS NOT NULL AS granted, locks, pool, amounts
       FROM claims WHERE project = $1 ORDER BY priority, sequence`,
    [project],
  );
  return rows.map(({ pool, amounts, ...claim }) => ({
    ...claim,
    ...(pool === null ? {} : { resources: { pool, amounts } }),
  }));
}

async function readCapacities(manager: EntityManager, project: string): Promise<Capacities> {
  const rows: { name: string; capacity: Amounts }[] = await manager.query(
    'SELECT name, capacity FROM resource_pools WHERE project = $1',
    [project],
  );
  return new Map(rows.map(({ name, capacity }) => [name, capacity]));
}
