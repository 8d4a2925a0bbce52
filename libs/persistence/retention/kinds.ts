import type { RetentionKindName } from '#contracts/retention.js';

/** Rows of another table that go with the item, by its key. */
interface Part {
  readonly table: string;
  /** SQL of the condition, with `p` for the part and `$1` for the keys. */
  readonly where: string;
}

/** How one kind of things is found, archived and removed. Each later table is one more row of `KINDS`. */
export interface RetentionKind {
  /** Its rows are the items: `t` in all SQL here. */
  readonly table: string;
  readonly join?: string;
  /** One column that tells items apart, and its type. */
  readonly key: { readonly sql: string; readonly type: 'uuid' | 'bigint' | 'text' };
  /** From when on its age counts. */
  readonly time: string;
  /** It is over. */
  readonly over: string;
  /** Nothing that is kept needs it; `:cutoff` is the moment before which things are too old. */
  readonly free: string;
  readonly parts: readonly Part[];
  /** Rows that are removed with an item, about; of many a transaction takes few. */
  readonly weight: string;
}

/** A worker that has not been there for a day will not tidy up any more. */
const WORKSPACE = `EXISTS (SELECT FROM workspaces s JOIN workers w ON w.queue = s.queue
  WHERE s.run_id = t.id AND w.seen_at > now() - interval '1 day')`;

const OF_RUN = 'JOIN runs r ON r.id = t.run_id';

/** All but the audit log, whose chain has rules of its own. */
export const KINDS: Readonly<Record<Exclude<RetentionKindName, 'audit'>, RetentionKind>> = {
  runs: {
    table: 'runs',
    key: { sql: 't.id', type: 'uuid' },
    time: 't.ended_at',
    over: 't.ended_at IS NOT NULL',
    free: `NOT EXISTS (SELECT FROM runs o WHERE (o.rerun_of = t.id OR o.parent_run = t.id)
        AND (o.ended_at IS NULL OR o.ended_at >= :cutoff))
      AND NOT EXISTS (SELECT FROM outbox m WHERE m.run_id = t.id AND m.delivered_at IS NULL)
      AND NOT EXISTS (SELECT FROM event_deliveries d WHERE d.source_run = t.id AND d.delivered_at IS NULL)
      AND NOT ${WORKSPACE}`,
    parts: [
      ...[
        'run_steps',
        'step_attempts',
        'step_logs',
        'run_events',
        'run_checkpoints',
        'outbox',
        'claims',
        'workspaces',
        'objects',
      ].map((table) => ({ table, where: 'p.run_id = ANY ($1::uuid[])' })),
      { table: 'event_deliveries', where: 'p.source_run = ANY ($1::uuid[])' },
      {
        table: 'object_parts',
        where: 'p.object_id IN (SELECT o.id FROM objects o WHERE o.run_id = ANY ($1::uuid[]))',
      },
    ],
    weight: '10 + 3 * t.total',
  },
  logs: {
    table: 'step_logs',
    join: OF_RUN,
    key: { sql: 't.id', type: 'bigint' },
    time: 'r.ended_at',
    over: 'r.ended_at IS NOT NULL',
    free: 'true',
    parts: [],
    weight: '1',
  },
  events: {
    table: 'run_events',
    join: OF_RUN,
    key: { sql: `t.run_id || '/' || t.sequence`, type: 'text' },
    time: 'r.ended_at',
    over: 'r.ended_at IS NOT NULL',
    free: `NOT EXISTS (SELECT FROM event_deliveries d
      WHERE d.source_run = t.run_id AND d.sequence = t.sequence AND d.delivered_at IS NULL)`,
    parts: [],
    weight: '1',
  },
  objects: {
    table: 'objects',
    join: OF_RUN,
    key: { sql: 't.id', type: 'uuid' },
    time: 'r.ended_at',
    over: 'r.ended_at IS NOT NULL',
    free: `NOT EXISTS (SELECT FROM runs o WHERE (o.rerun_of = r.id OR o.parent_run = r.id)
      AND (o.ended_at IS NULL OR o.ended_at >= :cutoff))`,
    parts: [{ table: 'object_parts', where: 'p.object_id = ANY ($1::uuid[])' }],
    weight: '1 + t.size / 65536',
  },
  outbox: {
    table: 'outbox',
    join: OF_RUN,
    key: { sql: 't.id', type: 'bigint' },
    time: 't.delivered_at',
    over: 't.delivered_at IS NOT NULL AND r.ended_at IS NOT NULL',
    free: `NOT EXISTS (SELECT FROM outbox m WHERE m.run_id = t.run_id AND m.delivered_at IS NULL)`,
    parts: [],
    weight: '1',
  },
  deliveries: {
    table: 'event_deliveries',
    join: 'JOIN runs r ON r.id = t.source_run JOIN runs g ON g.id = t.target_run',
    key: { sql: `t.source_run || '/' || t.sequence || '/' || t.target_run`, type: 'text' },
    time: 't.delivered_at',
    over: 't.delivered_at IS NOT NULL AND r.ended_at IS NOT NULL AND g.ended_at IS NOT NULL',
    free: 'true',
    parts: [],
    weight: '1',
  },
  ticks: {
    table: 'schedule_ticks',
    key: { sql: `t.schedule_id || '/' || t.at`, type: 'text' },
    time: 't.closed_at',
    over: 't.closed_at IS NOT NULL',
    free: 'true',
    parts: [],
    weight: '1',
  },
  webhooks: {
    table: 'webhook_deliveries',
    key: { sql: 't.id', type: 'uuid' },
    time: 't.received_at',
    over: 'true',
    free: `NOT EXISTS (SELECT FROM webhook_messages m WHERE m.delivery_id = t.id AND m.delivered_at IS NULL)`,
    parts: [{ table: 'webhook_messages', where: 'p.delivery_id = ANY ($1::uuid[])' }],
    weight: '1 + length(t.body) / 65536',
  },
  pipelines: {
    table: 'pipeline_executions',
    key: { sql: 't.id', type: 'uuid' },
    time: 't.updated_at',
    // What was not heard of in all that time will not be: its end was told while nobody listened, or it was never started.
    over: 'true',
    free: 'NOT EXISTS (SELECT FROM runs r WHERE r.id = t.run_id AND r.ended_at IS NULL)',
    parts: [{ table: 'pipeline_jobs', where: 'p.execution_id = ANY ($1::uuid[])' }],
    weight: '10',
  },
  gates: {
    table: 'gate_results',
    key: { sql: 't.id', type: 'uuid' },
    time: 't.created_at',
    over: 'true',
    free: 'true',
    parts: [],
    weight: '1',
  },
  risk: {
    table: 'risk_assessments',
    key: { sql: 't.id', type: 'uuid' },
    time: 't.updated_at',
    over: 'NOT t.open',
    free: 'true',
    parts: [{ table: 'risk_assessment_versions', where: 'p.assessment_id = ANY ($1::uuid[])' }],
    weight: '1 + t.version',
  },
  outcomes: {
    table: 'risk_outcomes',
    key: { sql: 't.id', type: 'uuid' },
    time: 't.noted_at',
    over: 'true',
    free: 'true',
    parts: [],
    weight: '1',
  },
};

/** Items of a project that are over for longer than its period; `$1` project, `$2` the cutoff. */
export function selectOld(kind: RetentionKind, which: 'free' | 'held' | 'all'): string {
  const free = `(${kind.free.replaceAll(':cutoff', '$2::timestamptz')})`;
  const condition = which === 'all' ? '' : which === 'free' ? `AND ${free}` : `AND NOT ${free}`;
  return `FROM ${kind.table} t ${kind.join ?? ''}
    WHERE t.project = $1 AND ${kind.over} AND ${kind.time} < $2::timestamptz ${condition}`;
}
