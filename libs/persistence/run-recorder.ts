import type { DataSource } from 'typeorm';
import type { AttemptEnd, AttemptStart, LogChunk, RunRecorder } from '#contracts/ports.js';
import type { FinalRecord, TransitionBatch } from '#contracts/run.js';
import { jsonOrNull } from './json-column.js';
import { writeEvents } from './recording/events.js';
import { recordFinal } from './recording/final-record.js';
import { foldTransitions, writeTransitions } from './recording/transitions.js';
import { lockRuns } from './run-lock.js';
import { RunNotifier } from './run-notifier.js';

/** The projection of runs in Postgres. What is told of a run that is not there is dropped: nobody could ask for it. */
export class PostgresRunRecorder implements RunRecorder {
  private readonly notifier: RunNotifier;

  constructor(private readonly dataSource: DataSource) {
    this.notifier = new RunNotifier(dataSource);
  }

  async recordTransitions(batches: readonly TransitionBatch[]): Promise<void> {
    const folded = foldTransitions(batches);
    const runs = folded.runs.map((run) => run.runId);
    if (runs.length === 0) return;
    await lockRuns(this.dataSource, runs, async (manager) => {
      const published = batches.some(({ events = [] }) => events.length > 0);
      // The final record repeats all transitions: a crash of Postgres may take the last half second of them.
      if (!published) await manager.query('SET LOCAL synchronous_commit TO off');
      await writeTransitions(manager, folded);
      if (published) await writeEvents(manager, batches);
    });
    for (const run of runs) this.notifier.notify(run);
  }

  async recordAttemptStarted(start: AttemptStart): Promise<void> {
    const at = new Date(start.at);
    await lockRuns(this.dataSource, [start.run], async (manager) => {
      await manager.query(
        `UPDATE step_attempts SET status = 'lost', ended_at = $4, change = nextval('run_changes')
         WHERE run_id = $1 AND step = $2 AND attempt < $3 AND status = 'running'`,
        [start.run, start.step, start.attempt, at],
      );
      await manager.query(INSERT_ATTEMPT, [
        start.run,
        start.step,
        start.attempt,
        at,
        start.worker,
        start.action,
        start.rebuild,
        jsonOrNull(start.input),
      ]);
    });
    this.notifier.notify(start.run);
  }

  async recordAttemptEnded(end: AttemptEnd): Promise<void> {
    await lockRuns(this.dataSource, [end.run], (manager) =>
      manager.query(
        `INSERT INTO step_attempts (run_id, project, step, attempt, status, started_at, ended_at, error, change)
         SELECT id, project, $2, $3, $4, $5, $5, $6::json, nextval('run_changes') FROM runs WHERE id = $1
         ON CONFLICT (run_id, step, attempt) DO UPDATE
         SET status = excluded.status, ended_at = excluded.ended_at, error = excluded.error, change = excluded.change
         WHERE step_attempts.status IN ('running', 'lost')`,
        [end.run, end.step, end.attempt, end.status, new Date(end.at), jsonOrNull(end.error)],
      ),
    );
    this.notifier.notify(end.run);
  }

  async appendLog(chunk: LogChunk): Promise<void> {
    if (chunk.lines.length === 0) return;
    const lines = chunk.lines.map((line) => [line.at, line.stream, line.text]);
    await lockRuns(this.dataSource, [chunk.run], (manager) =>
      manager.query(
        `INSERT INTO step_logs (project, run_id, step, attempt, first_line, lines)
         SELECT project, id, $2, $3, $4, $5::json FROM runs WHERE id = $1
         ON CONFLICT (run_id, step, attempt, first_line) DO NOTHING`,
        [chunk.run, chunk.step, chunk.attempt, chunk.firstLine, JSON.stringify(lines)],
      ),
    );
    this.notifier.notify(chunk.run);
  }

  async recordResult(record: FinalRecord): Promise<void> {
    await lockRuns(this.dataSource, [record.run], (manager) => recordFinal(manager, record));
    this.notifier.notify(record.run);
  }
}

/**
 * An attempt that a later one has followed, or whose run has ended, is not open any more. Where the end was
 * recorded first, only what the start knows is added.
 */
const INSERT_ATTEMPT = `
  INSERT INTO step_attempts
    (run_id, project, step, attempt, status, started_at, ended_at, worker, action, rebuild, input, change)
  SELECT r.id, r.project, $2, $3,
    CASE WHEN over.at IS NULL THEN 'running' ELSE 'lost' END, $4, over.at, $5, $6, $7, $8::json, nextval('run_changes')
  FROM runs r
  CROSS JOIN LATERAL (
    SELECT COALESCE(
      (SELECT min(later.started_at) FROM step_attempts later
       WHERE later.run_id = r.id AND later.step = $2 AND later.attempt > $3),
      r.ended_at) AS at
  ) AS over
  WHERE r.id = $1
  ON CONFLICT (run_id, step, attempt) DO UPDATE
  SET started_at = excluded.started_at, worker = excluded.worker, action = excluded.action,
    rebuild = excluded.rebuild, input = excluded.input, change = excluded.change
  WHERE step_attempts.worker IS NULL`;
