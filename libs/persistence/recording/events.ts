import type { EntityManager } from 'typeorm';
import type { TransitionBatch } from '#contracts/run.js';
import type { PublishedEvent } from '#domain/execution/command.js';
import type { EarlierSteps } from '#domain/rerun/earlier-step.js';
import { jsonOrNull } from '../json-column.js';
import { textOrNull } from '../text-column.js';

interface Published {
  readonly runId: string;
  readonly event: PublishedEvent;
}

/**
 * Notes what runs published, each once, whether they have ended or not; what was emitted is noted for delivery to those
 * who wait for it now.
 */
export async function writeEvents(
  manager: EntityManager,
  batches: readonly TransitionBatch[],
): Promise<void> {
  const published = batches.flatMap(({ run, events = [] }) =>
    events.map((event): Published => ({ runId: run, event })),
  );
  await manager.query(WRITE_EVENTS, [
    ...columnsOf(published),
    published.map(({ event }) => event.type),
    published.map(({ event }) => event.step ?? null),
    published.map(({ event }) => (isCheckpoint(event) ? null : jsonOrNull(event.data))),
  ]);
  const checkpoints = latestOf(published.filter(({ event }) => isCheckpoint(event)));
  if (checkpoints.length === 0) return;
  await manager.query(WRITE_CHECKPOINTS, [
    ...columnsOf(checkpoints),
    checkpoints.map(({ event }) => Object.keys(stepsOf(event)).length),
    checkpoints.map(({ event }) => JSON.stringify(stepsOf(event))),
  ]);
}

function columnsOf(published: readonly Published[]): unknown[][] {
  return [
    published.map(({ runId }) => runId),
    published.map(({ event }) => event.sequence),
    published.map(({ event }) => new Date(event.at)),
    published.map(({ event }) => textOrNull(event.by)),
    published.map(({ event }) => textOrNull(event.reason)),
    published.map(({ event }) => textOrNull(event.name)),
  ];
}

function isCheckpoint(event: PublishedEvent): boolean {
  return event.type === 'run.checkpointed' && event.name !== undefined;
}

/** One INSERT may touch a row once. */
function latestOf(checkpoints: readonly Published[]): Published[] {
  const latest = new Map<string, Published>();
  for (const checkpoint of checkpoints) {
    const key = `${checkpoint.runId} ${checkpoint.event.name}`;
    const known = latest.get(key);
    if (known === undefined || known.event.sequence < checkpoint.event.sequence) latest.set(key, checkpoint);
  }
  return [...latest.values()];
}

function stepsOf({ data }: PublishedEvent): EarlierSteps {
  return (data as { readonly steps?: EarlierSteps } | undefined)?.steps ?? {};
}

const WRITE_EVENTS = `
  WITH written AS (
    INSERT INTO run_events (run_id, project, sequence, at, by, reason, name, type, step, data)
    SELECT r.id, r.project, e.sequence, e.at, e.by, e.reason, e.name, e.type, e.step, e.data
    FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
      $9::json[]) AS e (run_id, sequence, at, by, reason, name, type, step, data)
    JOIN runs r ON r.id = e.run_id
    ON CONFLICT (run_id, sequence) DO NOTHING
    RETURNING run_id, project, sequence, type, name
  )
  INSERT INTO event_deliveries (source_run, sequence, target_run, project)
  SELECT DISTINCT w.run_id, w.sequence, s.run_id, w.project
  FROM written w
  JOIN run_steps s ON s.project = w.project AND s.waiting = 'event' AND s.event = w.name AND s.run_id <> w.run_id
  JOIN runs r ON r.id = s.run_id AND r.ended_at IS NULL
  WHERE w.type = 'event.emitted'
  ON CONFLICT DO NOTHING`;

const WRITE_CHECKPOINTS = `
  INSERT INTO run_checkpoints (run_id, project, sequence, at, by, reason, name, settled, steps)
  SELECT r.id, r.project, c.sequence, c.at, c.by, c.reason, c.name, c.settled, c.steps
  FROM unnest($1::uuid[], $2::integer[], $3::timestamptz[], $4::text[], $5::text[], $6::text[],
      $7::integer[], $8::json[])
    AS c (run_id, sequence, at, by, reason, name, settled, steps)
  JOIN runs r ON r.id = c.run_id
  ON CONFLICT (run_id, name) DO UPDATE SET
    sequence = excluded.sequence, at = excluded.at, by = excluded.by, reason = excluded.reason,
    settled = excluded.settled, steps = excluded.steps
  WHERE run_checkpoints.sequence < excluded.sequence`;
