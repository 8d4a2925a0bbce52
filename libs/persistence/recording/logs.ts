import type { EntityManager } from 'typeorm';
import type { LogChunk } from '#contracts/ports.js';

/** In the order given, which is the one in which readers find them. */
export async function writeLogs(manager: EntityManager, chunks: readonly LogChunk[]): Promise<void> {
  await manager.query(WRITE_LOGS, [
    chunks.map(({ run }) => run),
    chunks.map(({ step }) => step),
    chunks.map(({ attempt }) => attempt),
    chunks.map(({ firstLine }) => firstLine),
    chunks.map(({ lines }) => JSON.stringify(lines.map(({ at, stream, text }) => [at, stream, text]))),
  ]);
}

const WRITE_LOGS = `
  INSERT INTO step_logs (project, run_id, step, attempt, first_line, lines)
  SELECT r.project, r.id, t.step, t.attempt, t.first_line, t.lines
  FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::integer[], $5::json[]) WITH ORDINALITY
    AS t (run_id, step, attempt, first_line, lines, place)
  JOIN runs r ON r.id = t.run_id
  ORDER BY t.place
  ON CONFLICT (run_id, step, attempt, first_line) DO NOTHING`;
