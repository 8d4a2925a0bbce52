import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecorder } from '#contracts/ports.js';
import type { FinalRecord, TransitionBatch } from '#contracts/run.js';
import type { AttemptRecorder } from '../activities/run-action.js';

/** Writes held while the store is away; past it the oldest go: what of them matters, a replay brings back. */
const MAX_WAITING = 20_000;
const MAX_PAUSE_MS = 5_000;

type Write = (recorder: RunRecorder) => Promise<void>;

export interface RecordingQueue extends AttemptRecorder {
  recordTransitions(batch: TransitionBatch): void;
  recordResult(record: FinalRecord): void;
}

/**
 * Puts itself between those who work and the store: they never wait for it and never fail by it. Writes keep their
 * order; transitions that queue up are written together.
 */
export function createRecordingQueue(recorder: RunRecorder, warn: (message: string) => void): RecordingQueue {
  const waiting: Write[] = [];
  let batches: TransitionBatch[] = [];
  let running: Promise<void> | undefined;
  let dropped = 0;

  function enqueue(write: Write): void {
    if (waiting.length >= MAX_WAITING) {
      waiting.shift();
      dropped++;
    }
    waiting.push(write);
    running ??= run();
  }

  async function run(): Promise<void> {
    // One turn of the loop later, what belongs together has come together.
    await sleep(0);
    for (let pause = 100; waiting.length > 0; ) {
      const write = waiting[0]!;
      try {
        await write(recorder);
        if (waiting[0] === write) waiting.shift();
        pause = 100;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        if (isRefused(error)) {
          warn(`the store refused a record, which is dropped: ${message}`);
          if (waiting[0] === write) waiting.shift();
          continue;
        }
        warn(`cannot record, trying again: ${message}`);
        await sleep(pause);
        pause = Math.min(pause * 2, MAX_PAUSE_MS);
      }
    }
    if (dropped > 0) warn(`${dropped} records were dropped while the database was away`);
    dropped = 0;
    running = undefined;
  }

  return {
    recordTransitions(batch) {
      batches.push(batch);
      if (batches.length > 1) return;
      enqueue((store) => {
        const together = batches;
        batches = [];
        return store.recordTransitions(together).catch((error: unknown) => {
          batches = [...together, ...batches];
          throw error;
        });
      });
    },
    recordAttemptStarted: (attempt) => enqueue((store) => store.recordAttemptStarted(attempt)),
    recordAttemptEnded: (attempt) => enqueue((store) => store.recordAttemptEnded(attempt)),
    recordResult: (record) => enqueue((store) => store.recordResult(record)),
    appendLog: (chunk) => enqueue((store) => store.appendLog(chunk)),
    async settle(ms) {
      if (running === undefined) return;
      const written = new Promise<void>((resolve) => enqueue(async () => resolve()));
      await Promise.race([written, sleep(ms, undefined, { ref: false })]);
    },
  };
}

/** SQLSTATE classes 22 (data), 23 (integrity) and 42 (statement): the same write would be refused again. */
function isRefused(error: unknown): boolean {
  const state =
    (error as { code?: unknown }).code ?? (error as { driverError?: { code?: unknown } }).driverError?.code;
  return typeof state === 'string' && /^(22|23|42)[0-9A-Z]{3}$/.test(state);
}
