import type { DataSource, EntityManager } from 'typeorm';
import type { Records, RunRecorder } from '#contracts/ports.js';
import { writeEnds, writeStarts } from './recording/attempts.js';
import { writeEvents } from './recording/events.js';
import { recordFinals } from './recording/final-record.js';
import { writeLogs } from './recording/logs.js';
import { noteRiskSteps } from './recording/risk-steps.js';
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

  async record({
    transitions: batches = [],
    attemptStarts = [],
    attemptEnds = [],
    logs = [],
    results = [],
  }: Records): Promise<void> {
    const folded = foldTransitions(batches);
    const chunks = logs.filter(({ lines }) => lines.length > 0);
    const runs = new Set([
      ...folded.runs.map(({ runId }) => runId),
      ...[attemptStarts, attemptEnds, chunks, results].flatMap((told) => told.map(({ run }) => run)),
    ]);
    if (runs.size === 0) return;
    const published = batches.some(({ events = [] }) => events.length > 0);
    const others = attemptStarts.length + attemptEnds.length + chunks.length + results.length;
    await lockRuns(this.dataSource, [...runs], async (manager) => {
      // The final record repeats all transitions: a crash of Postgres may take the last half second of them.
      if (!published && others === 0) await manager.query('SET LOCAL synchronous_commit TO off');
      if (folded.runs.length > 0) await writeTransitions(manager, folded);
      if (published) await writeEvents(manager, batches);
      await writeInChunks(manager, attemptStarts, writeStarts);
      await writeInChunks(manager, attemptEnds, writeEnds);
      await writeInChunks(manager, chunks, writeLogs);
      if (results.length > 0) await recordFinals(manager, results);
      await noteRiskSteps(manager, attemptStarts, results);
    });
    for (const run of runs) this.notifier.notify(run);
  }
}

async function writeInChunks<T>(
  manager: EntityManager,
  told: readonly T[],
  write: (manager: EntityManager, told: readonly T[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < told.length; from += CHUNK_ROWS)
    await write(manager, told.slice(from, from + CHUNK_ROWS));
}
