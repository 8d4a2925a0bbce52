import type { DataSource, EntityManager } from 'typeorm';
import type { AttemptEnd, AttemptStart, LogChunk, RunRecorder } from '#contracts/ports.js';
import type { FinalRecord, TransitionBatch } from '#contracts/run.js';
import { writeEnds, writeStarts } from './recording/attempts.js';
import { writeEvents } from './recording/events.js';
import { recordFinal } from './recording/final-record.js';
import { writeLogs } from './recording/logs.js';
import { foldTransitions, writeTransitions } from './recording/transitions.js';
import { lockRuns } from './run-lock.js';
import { RunNotifier } from './run-notifier.js';

/** Rows of one statement. */
const CHUNK_ROWS = 2_000;

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

  async recordAttemptStarts(starts: readonly AttemptStart[]): Promise<void> {
    await this.write(starts, writeStarts);
  }

  async recordAttemptEnds(ends: readonly AttemptEnd[]): Promise<void> {
    await this.write(ends, writeEnds);
  }

  async appendLogs(chunks: readonly LogChunk[]): Promise<void> {
    await this.write(
      chunks.filter(({ lines }) => lines.length > 0),
      writeLogs,
    );
  }

  async recordResult(record: FinalRecord): Promise<void> {
    await lockRuns(this.dataSource, [record.run], (manager) => recordFinal(manager, record));
    this.notifier.notify(record.run);
  }

  private async write<T extends { readonly run: string }>(
    told: readonly T[],
    write: (manager: EntityManager, told: readonly T[]) => Promise<void>,
  ): Promise<void> {
    const runs = [...new Set(told.map(({ run }) => run))];
    if (runs.length === 0) return;
    await lockRuns(this.dataSource, runs, async (manager) => {
      for (let from = 0; from < told.length; from += CHUNK_ROWS)
        await write(manager, told.slice(from, from + CHUNK_ROWS));
    });
    for (const run of runs) this.notifier.notify(run);
  }
}
