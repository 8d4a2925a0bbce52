import type { EntityManager } from 'typeorm';
import { FINAL_RUN_STATUSES } from '#contracts/rest/runs.js';
import type { TransitionBatch } from '#contracts/run.js';
import type { Transition } from '#domain/execution/command.js';
import { jsonOrNull } from '../json-column.js';
import { textOrNull } from '../text-column.js';

/** What several transitions leave: one row per step, one per run. */
interface FoldedTransitions {
  readonly steps: readonly FoldedStep[];
  readonly runs: readonly FoldedRun[];
}

interface FoldedStep {
  readonly runId: string;
  readonly last: Transition;
  readonly startedAt: Date | null;
}

interface FoldedRun {
  readonly runId: string;
  readonly last: Transition | undefined;
  readonly startedAt: Date | null;
}

/**
 * Keeps of each step, and of each run, the transition with the greatest number. A run's own final status is left to
 * its complete record, so that who sees a run ended sees all of it.
 */
export function foldTransitions(batches: readonly TransitionBatch[]): FoldedTransitions {
  const steps = new Map<string, FoldedStep>();
  const runs = new Map<string, FoldedRun>();
  for (const { run: runId, transitions, events = [] } of batches) {
    if (transitions.length === 0 && events.length === 0) continue;
    if (!runs.has(runId)) runs.set(runId, { runId, last: undefined, startedAt: null });
    for (const transition of transitions) {
      if (transition.step !== undefined) {
        const id = `${runId} ${transition.step}`;
        steps.set(id, { runId, ...fold(steps.get(id), transition) });
      } else if (!isFinal(transition)) {
        runs.set(runId, { runId, ...fold(runs.get(runId), transition) });
      }
    }
  }
  return { steps: [...steps.values()], runs: [...runs.values()] };
}

interface Folded {
  readonly last: Transition | undefined;
  readonly startedAt: Date | null;
}

function fold(
  before: Folded | undefined,
  transition: Transition,
): { last: Transition; startedAt: Date | null } {
  const last =
    before?.last === undefined || transition.sequence > before.last.sequence ? transition : before.last;
  const earlier = before?.startedAt ?? null;
  // What was skipped never started; what settles in one transition started with it.
  const started = transition.status === 'skipped' ? null : new Date(transition.at);
  return { last, startedAt: earlier === null || (started !== null && started < earlier) ? started : earlier };
}

function isFinal(transition: Transition): boolean {
  return (FINAL_RUN_STATUSES as readonly string[]).includes(transition.status);
}

/** Rows of one statement. */
const CHUNK_ROWS = 1_000;

/** Nothing changes in a run that has ended: its complete record is there. */
export async function writeTransitions(manager: EntityManager, folded: FoldedTransitions): Promise<void> {
  const { steps, runs } = folded;
  for (let from = 0; from === 0 || from < steps.length; from += CHUNK_ROWS)
    await writeChunk(manager, steps.slice(from, from + CHUNK_ROWS), runs);
}

async function writeChunk(
  manager: EntityManager,
  steps: readonly FoldedStep[],
  runs: readonly FoldedRun[],
): Promise<void> {
  await manager.query(WRITE_TRANSITIONS, [
    steps.map((step) => step.runId),
    steps.map((step) => step.last.step),
    steps.map((step) => step.last.status),
    steps.map((step) => step.startedAt),
    steps.map((step) => (step.last.status === 'running' ? null : new Date(step.last.at))),
    steps.map((step) => jsonOrNull(step.last.output)),
    steps.map((step) => jsonOrNull(step.last.error)),
    steps.map((step) => step.last.skipped ?? null),
    steps.map((step) => step.last.sequence),
    steps.map((step) => step.last.waiting ?? null),
    steps.map((step) => jsonOrNull(step.last.approval)),
    steps.map((step) => textOrNull(step.last.event)),
    steps.map((step) => step.last.reused === true),
    runs.map((run) => run.runId),
    runs.map((run) => run.last?.status ?? null),
    runs.map((run) => run.startedAt),
    runs.map((run) => run.last?.sequence ?? null),
  ]);
}

/**
 * What each step was before is looked up by its key alone: no join that the planner may choose costs more the more steps
 * the run has. A compensation (`deploy:compensate`) is no step of its own: it does not count in the progress.
 */
const WRITE_TRANSITIONS = `
  WITH told AS MATERIALIZED (
    SELECT t.*, r.project,
      (SELECT s.status FROM run_steps s WHERE s.run_id = t.run_id AND s.key = t.key) AS before
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::json[], $7::json[],
      $8::text[], $9::integer[], $10::text[], $11::json[], $12::text[], $13::boolean[])
      AS t (run_id, key, status, started_at, ended_at, output, error, skipped, sequence, waiting, approval, event, reused)
    JOIN runs r ON r.id = t.run_id AND r.ended_at IS NULL
  ), written AS (
    INSERT INTO run_steps
      (run_id, project, key, status, started_at, ended_at, output, error, skipped, sequence, waiting, approval, event,
       reused, change)
    SELECT run_id, project, key, status, started_at, ended_at, output, error, skipped, sequence, waiting, approval, event,
      reused, nextval('run_changes') FROM told
    ON CONFLICT (run_id, key) DO UPDATE SET
      status = excluded.status, started_at = COALESCE(run_steps.started_at, excluded.started_at),
      ended_at = excluded.ended_at, output = excluded.output, error = excluded.error, skipped = excluded.skipped,
      sequence = excluded.sequence, waiting = excluded.waiting, approval = excluded.approval, event = excluded.event,
      reused = excluded.reused, change = excluded.change
    WHERE run_steps.sequence < excluded.sequence
    RETURNING run_id, key, status
  ), delta AS (
    SELECT run_id,
      count(*) FILTER (WHERE w.status <> 'running') - count(*) FILTER (WHERE t.before <> 'running') AS settled,
      count(*) FILTER (WHERE t.before IS NULL AND strpos(w.key, '[') > 0) AS found
    FROM written w JOIN told t USING (run_id, key)
    WHERE strpos(w.key, ':') = 0
    GROUP BY run_id
  )
  UPDATE runs SET
    settled = runs.settled + COALESCE(delta.settled, 0),
    total = runs.total + COALESCE(delta.found, 0),
    status = CASE
      WHEN told.sequence > runs.sequence AND NOT (runs.status = 'canceling' AND told.status IN ('running', 'paused'))
        THEN told.status
      WHEN runs.status = 'queued' THEN 'running'
      ELSE runs.status END,
    started_at = COALESCE(runs.started_at, told.started_at),
    sequence = GREATEST(runs.sequence, told.sequence),
    news_at = now()
  FROM unnest($14::uuid[], $15::text[], $16::timestamptz[], $17::integer[])
    AS told (run_id, status, started_at, sequence)
  LEFT JOIN delta USING (run_id)
  WHERE runs.id = told.run_id AND runs.ended_at IS NULL`;
