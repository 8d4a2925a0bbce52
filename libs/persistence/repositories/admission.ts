/** What keeps a run from being handed over, as parts of queries. */

/** Runs of the group of the run `r` that joined before it and have not ended. They join one at a time, under a lock. */
export const RUNS_AHEAD = `
  FROM runs ahead
  WHERE ahead.project = r.project AND ahead.concurrency_group = r.concurrency_group AND ahead.ended_at IS NULL
    AND ahead.group_turn < r.group_turn`;

/** Freezes that hold the workflow `w` now. */
export const FREEZES_OVER = `
  FROM freezes f
  WHERE f.project = w.project AND f.starts_at <= now() AND f.ends_at > now()
    AND (f.workflows IS NULL OR w.name = ANY (f.workflows))`;
