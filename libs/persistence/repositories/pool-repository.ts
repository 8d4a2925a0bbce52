import type { EntityManager } from 'typeorm';
import { DEFAULT_POOL } from '#domain/claims/grant.js';
import type { Amounts } from '#domain/plan/plan.js';
import { grantWaiting, lockClaims } from '../claims/grant-waiting.js';
import { type ListedPage, type Listing, listPage, type PageRequest } from '../listing/list-page.js';

/** A pool with what is held of it. */
export interface PoolRow {
  readonly name: string;
  readonly capacity: Amounts;
  readonly used: Amounts;
  /** Steps that hold something of it. */
  readonly held: number;
  readonly waiting: number;
  /** The oldest 100. */
  readonly leases: readonly LeaseRow[];
}

interface LeaseRow {
  readonly run: string;
  readonly step: string;
  readonly amounts: Amounts;
  readonly since: Date;
}

export interface LockRow {
  readonly name: string;
  readonly holder: LockClaimRow | null;
  /** Steps that wait for it, in all. */
  readonly queue: number;
  /** The first 100, in the order in which they are served. */
  readonly waiting: readonly (LockClaimRow & { readonly priority: number })[];
}

interface LockClaimRow {
  readonly run: string;
  readonly step: string;
  readonly since: Date;
}

export const NAME_SORTS = ['name'] as const;

type NamePage = Omit<PageRequest<(typeof NAME_SORTS)[number]>, 'where'>;

interface LockFilter {
  readonly project: string;
  /** A part of the name, in whatever case. */
  readonly text?: string | undefined;
  /** Whether a step holds it. */
  readonly held?: boolean | undefined;
}

export class PoolRepository {
  constructor(private readonly manager: EntityManager) {}

  /** The pool `default` is there without being set up. `text` is a part of the name. */
  async list(
    { project, text }: { readonly project: string; readonly text?: string | undefined },
    page: NamePage,
  ): Promise<ListedPage<PoolRow>> {
    const where = text === undefined ? [] : [{ sql: 'strpos(p.name, lower(?)) > 0', value: text }];
    const given = [project, DEFAULT_POOL];
    const listed = await listPage<PoolRow, 'name'>(this.manager, POOLS, { ...page, where, given });
    return { ...listed, rows: listed.rows.map(withLeaseDates) };
  }

  async find(project: string, name: string): Promise<PoolRow | undefined> {
    const rows: PoolRow[] = await this.manager.query(`${SELECT_POOL} WHERE p.name = $3`, [
      project,
      DEFAULT_POOL,
      name,
    ]);
    return rows.map(withLeaseDates)[0];
  }

  /** Sets it up, or changes it; what waits and fits now is granted. Answers with the capacity before. Call in a transaction. */
  async set(project: string, name: string, capacity: Amounts, by: string): Promise<Amounts | undefined> {
    await lockClaims(this.manager, project);
    const [before] = await this.manager.query(
      'SELECT capacity FROM resource_pools WHERE project = $1 AND name = $2',
      [project, name],
    );
    await this.manager.query(
      `INSERT INTO resource_pools (project, name, capacity, updated_by) VALUES ($1, $2, $3::json, $4)
       ON CONFLICT (project, name) DO UPDATE
       SET capacity = excluded.capacity, updated_by = excluded.updated_by, updated_at = now()`,
      [project, name, JSON.stringify(capacity), by],
    );
    await grantWaiting(this.manager, project);
    return before?.capacity;
  }

  async count(project: string): Promise<number> {
    const [row] = await this.manager.query(
      'SELECT count(*)::integer AS count FROM resource_pools WHERE project = $1',
      [project],
    );
    return row.count;
  }

  /** Removes it, unless something of it is held. Answers with its capacity. Call in a transaction. */
  async remove(project: string, name: string): Promise<Amounts | 'in-use' | undefined> {
    await lockClaims(this.manager, project);
    await grantWaiting(this.manager, project);
    const [held] = await this.manager.query(
      'SELECT FROM claims WHERE project = $1 AND pool = $2 AND granted_at IS NOT NULL LIMIT 1',
      [project, name],
    );
    if (held !== undefined) return 'in-use';
    const [rows] = await this.manager.query(
      'DELETE FROM resource_pools WHERE project = $1 AND name = $2 RETURNING capacity',
      [project, name],
    );
    return rows[0]?.capacity;
  }

  /** Locks that are held or waited for. */
  async listLocks({ project, text, held }: LockFilter, page: NamePage): Promise<ListedPage<LockRow>> {
    const where = [
      ...(text === undefined ? [] : [{ sql: 'strpos(lower(l.name), lower(?)) > 0', value: text }]),
      ...(held === undefined ? [] : [{ sql: `l.holder IS ${held ? 'NOT ' : ''}NULL` }]),
    ];
    const listed = await listPage<LockRow, 'name'>(this.manager, LOCKS, { ...page, where, given: [project] });
    const rows = listed.rows.map(({ holder, waiting, ...lock }) => ({
      ...lock,
      holder: holder === null ? null : withDate(holder),
      waiting: waiting.map(withDate),
    }));
    return { ...listed, rows };
  }
}

function withLeaseDates(row: PoolRow): PoolRow {
  return { ...row, leases: row.leases.map(withDate) };
}

/** A moment inside of JSON comes as text. */
function withDate<C extends { readonly since: Date }>(claim: C): C {
  return { ...claim, since: new Date(claim.since) };
}

const LIVE_CLAIMS = 'claims c JOIN runs r ON r.id = c.run_id AND r.ended_at IS NULL';

const POOLS: Listing<'name'> = {
  name: 'pools',
  columns: `p.name, p.capacity, u.used, u.held, u.waiting, COALESCE(l.leases, '[]') AS leases`,
  from: `(
    SELECT name, capacity FROM resource_pools WHERE project = $1
    UNION ALL
    SELECT $2, '{}'::json WHERE NOT EXISTS (SELECT FROM resource_pools WHERE project = $1 AND name = $2)
  ) AS p
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE c.granted_at IS NOT NULL)::integer AS held,
      count(*) FILTER (WHERE c.granted_at IS NULL)::integer AS waiting,
      json_strip_nulls(json_build_object(
        'cpu', sum((c.amounts ->> 'cpu')::numeric) FILTER (WHERE c.granted_at IS NOT NULL),
        'memory', sum((c.amounts ->> 'memory')::numeric) FILTER (WHERE c.granted_at IS NOT NULL),
        'disk', sum((c.amounts ->> 'disk')::numeric) FILTER (WHERE c.granted_at IS NOT NULL),
        'slots', sum((c.amounts ->> 'slots')::numeric) FILTER (WHERE c.granted_at IS NOT NULL))) AS used
    FROM ${LIVE_CLAIMS} WHERE c.project = $1 AND c.pool = p.name
  ) AS u
  CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('run', o.run_id, 'step', o.step, 'amounts', o.amounts, 'since', o.granted_at)
      ORDER BY o.sequence) AS leases
    FROM (
      SELECT c.* FROM ${LIVE_CLAIMS}
      WHERE c.project = $1 AND c.pool = p.name AND c.granted_at IS NOT NULL ORDER BY c.sequence LIMIT 100
    ) AS o
  ) AS l`,
  sorts: { name: { sql: 'p.name', type: 'text' } },
  key: { sql: 'p.name', type: 'text' },
};

const SELECT_POOL = `SELECT ${POOLS.columns} FROM ${POOLS.from}`;

/** As many as living runs claim, which are few. */
const LOCKS: Listing<'name'> = {
  name: 'locks',
  columns: 'l.name, l.holder, l.queue, l.waiting',
  from: `(WITH wanted AS (
    SELECT DISTINCT lock, c.run_id, c.step, c.priority, c.sequence, c.asked_at, c.granted_at
    FROM ${LIVE_CLAIMS} CROSS JOIN unnest(c.locks) AS lock WHERE c.project = $1
  ), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY lock, granted_at IS NULL ORDER BY priority, sequence) AS place FROM wanted
  )
  SELECT lock AS name,
    (json_agg(json_build_object('run', run_id, 'step', step, 'since', granted_at))
      FILTER (WHERE granted_at IS NOT NULL)) -> 0 AS holder,
    count(*) FILTER (WHERE granted_at IS NULL)::integer AS queue,
    COALESCE(json_agg(
      json_build_object('run', run_id, 'step', step, 'since', asked_at, 'priority', priority) ORDER BY place)
      FILTER (WHERE granted_at IS NULL AND place <= 100), '[]') AS waiting
  FROM ranked GROUP BY lock) AS l`,
  sorts: { name: { sql: 'l.name', type: 'text' } },
  key: { sql: 'l.name', type: 'text' },
};
