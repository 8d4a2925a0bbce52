import type { DataSource } from 'typeorm';
import type { RunViewStatus } from '#contracts/rest/runs.js';
import type { ScheduleState } from '#contracts/rest/schedules.js';
import { SCHEDULE_STATE } from '../schedules/schedule-repository.js';
import { DELIVERABLE } from './admission.js';

/** What the store holds at one moment, in numbers, for those who watch. */
export interface StoreFigures {
  /** Of runs that have not ended. */
  readonly runs: readonly { readonly status: RunViewStatus; readonly count: number }[];
  readonly messages: readonly WaitingMessages[];
  readonly pools: readonly PoolUse[];
  readonly schedules: readonly { readonly state: ScheduleState; readonly count: number }[];
}

/** What Temporal has yet to be told. */
interface WaitingMessages {
  readonly kind: 'start' | 'cancel' | 'event';
  /**
   * `held`: nobody is to tell it yet, because of a freeze, a concurrency group, or a start that comes first. `set-aside`:
   * it failed again and again.
   */
  readonly state: 'due' | 'held' | 'set-aside';
  readonly count: number;
  readonly oldestSeconds: number;
}

interface PoolUse {
  readonly project: string;
  readonly pool: string;
  /** Steps that hold something of it, and that wait for it. */
  readonly held: number;
  readonly waiting: number;
  readonly amounts: readonly {
    readonly resource: string;
    readonly capacity: number;
    readonly used: number;
  }[];
}

/** More pools than these are not watched one by one. */
const MOST_POOLS = 200;

/** By queries that touch what is live only, however much is stored. */
export async function readStoreFigures(dataSource: DataSource): Promise<StoreFigures> {
  const [runs, messages, pools, schedules] = await Promise.all([
    dataSource.query(COUNT_RUNS),
    dataSource.query(COUNT_MESSAGES),
    dataSource.query(SELECT_POOLS, [MOST_POOLS]),
    dataSource.query(COUNT_SCHEDULES),
  ]);
  return { runs, messages, pools, schedules };
}

interface ConnectionFigures {
  readonly used: number;
  readonly idle: number;
  /** Callers that wait for one. */
  readonly waiting: number;
}

/** Of this process's pool of connections. */
export function readConnectionFigures(dataSource: DataSource): ConnectionFigures {
  const { master } = dataSource.driver as unknown as {
    readonly master: {
      readonly totalCount: number;
      readonly idleCount: number;
      readonly waitingCount: number;
    };
  };
  return {
    used: master.totalCount - master.idleCount,
    idle: master.idleCount,
    waiting: master.waitingCount,
  };
}

const COUNT_SCHEDULES = `SELECT ${SCHEDULE_STATE} AS state, count(*)::integer AS count
  FROM schedules s WHERE deleted_at IS NULL GROUP BY 1`;

const COUNT_RUNS =
  'SELECT status, count(*)::integer AS count FROM runs WHERE ended_at IS NULL GROUP BY status';

const COUNT_MESSAGES = `
  SELECT kind, state, count(*)::integer AS count,
    GREATEST(extract(epoch FROM now() - min(created_at)), 0)::float8 AS "oldestSeconds"
  FROM (
    SELECT o.kind, o.created_at,
      CASE WHEN o.set_aside_at IS NOT NULL THEN 'set-aside' WHEN ${DELIVERABLE} THEN 'due' ELSE 'held' END AS state
    FROM outbox o JOIN runs r ON r.id = o.run_id WHERE o.delivered_at IS NULL
    UNION ALL
    SELECT 'event', d.created_at, CASE WHEN d.set_aside_at IS NOT NULL THEN 'set-aside' ELSE 'due' END
    FROM event_deliveries d WHERE d.delivered_at IS NULL
  ) AS waiting
  GROUP BY kind, state`;

const SELECT_POOLS = `
  SELECT p.project, p.name AS pool, COALESCE(u.held, 0) AS held, COALESCE(u.waiting, 0) AS waiting,
    (SELECT COALESCE(json_agg(json_build_object('resource', c.key, 'capacity', c.value::float8, 'used',
       COALESCE(CASE c.key WHEN 'cpu' THEN u.cpu WHEN 'memory' THEN u.memory WHEN 'disk' THEN u.disk
         WHEN 'slots' THEN u.slots END, 0))), '[]')
     FROM json_each_text(p.capacity) AS c) AS amounts
  FROM (SELECT project, name, capacity FROM resource_pools ORDER BY project, name LIMIT $1) AS p
  LEFT JOIN (
    SELECT c.project, c.pool, count(*) FILTER (WHERE c.granted_at IS NOT NULL)::integer AS held,
      count(*) FILTER (WHERE c.granted_at IS NULL)::integer AS waiting,
      sum((c.amounts ->> 'cpu')::float8) FILTER (WHERE c.granted_at IS NOT NULL) AS cpu,
      sum((c.amounts ->> 'memory')::float8) FILTER (WHERE c.granted_at IS NOT NULL) AS memory,
      sum((c.amounts ->> 'disk')::float8) FILTER (WHERE c.granted_at IS NOT NULL) AS disk,
      sum((c.amounts ->> 'slots')::float8) FILTER (WHERE c.granted_at IS NOT NULL) AS slots
    FROM claims c JOIN runs r ON r.id = c.run_id AND r.ended_at IS NULL
    GROUP BY c.project, c.pool
  ) AS u ON u.project = p.project AND u.pool = p.name`;
