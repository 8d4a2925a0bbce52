/**
 * What keeps a run from being handed over, as parts of queries that name the run `r`, the message of its start `o` and
 * its workflow `w`.
 */

/** Runs of its concurrency group that joined before it and have not ended. They join one at a time, under a lock. */
export const RUNS_AHEAD = `
  FROM runs ahead JOIN outbox joined ON joined.run_id = ahead.id AND joined.kind = 'start'
  WHERE ahead.project = r.project AND ahead.concurrency_group = r.concurrency_group AND ahead.ended_at IS NULL
    AND joined.id < o.id`;

/** Freezes that hold it now. */
export const FREEZES_OVER = `
  FROM freezes f
  WHERE NOT r.ignores_freezes AND f.project = r.project AND f.starts_at <= now() AND f.ends_at > now()
    AND (f.workflows IS NULL OR w.name = ANY (f.workflows))`;
