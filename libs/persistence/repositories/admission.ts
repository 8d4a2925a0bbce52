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

/** Whether nothing holds the message `o` of the run `r` back: neither a freeze, nor a run before it, nor its own start. */
export const DELIVERABLE = `
  CASE o.kind
    WHEN 'start' THEN (r.ignores_freezes OR r.workflow_id NOT IN (
        SELECT w.id FROM workflows w WHERE EXISTS (SELECT ${FREEZES_OVER})))
      AND (r.concurrency_group IS NULL OR NOT EXISTS (SELECT ${RUNS_AHEAD}))
    ELSE EXISTS (
      SELECT FROM outbox s WHERE s.run_id = o.run_id AND s.kind = 'start'
        AND (s.delivered_at IS NOT NULL OR s.set_aside_at IS NOT NULL)) END`;
