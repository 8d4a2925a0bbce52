import { setTimeout as sleep } from 'node:timers/promises';
import type { AttemptEnd, AttemptStart, LogChunk, RunRecorder } from '#contracts/ports.js';
import type { FinalRecord, TransitionBatch } from '#contracts/run.js';
import type { AttemptRecorder } from '../activities/attempt.js';

/** Records of one kind held while the store is away; past it the oldest go: what of them matters, a replay brings back. */
const MAX_WAITING = 20_000;
const MAX_PAUSE_MS = 5_000;

/** What comes within this time is written together, unless somebody waits for it: statements cost more than rows. */
const GATHER_MS = 200;

type Write = () => Promise<void>;

export interface RecordingQueue extends AttemptRecorder {
  recordTransitions(batch: TransitionBatch): void;
  recordResult(record: FinalRecord): void;
}

/**
 * Puts itself between those who work and the store: they never wait for it and never fail by it. Writes keep their
 * order; what queues up of one kind is written together.
 */
export function createRecordingQueue(recorder: RunRecorder, warn: (message: string) => void): RecordingQueue {
  const waiting: Write[] = [];
  /** One write each, for who sees a run ended sees what was recorded before. */
  const results: FinalRecord[] = [];
  let running: Promise<void> | undefined;
  let hurry = Promise.withResolvers<void>();
  let dropped = 0;

  function enqueue(write: Write): void {
    waiting.push(write);
    running ??= run();
  }

  async function run(): Promise<void> {
    await Promise.race([sleep(GATHER_MS), hurry.promise]);
    for (let pause = 100; waiting.length > 0; ) {
      try {
        await waiting[0]!();
        waiting.shift();
        pause = 100;
      } catch (error) {
        warn(`cannot record, trying again: ${messageOf(error)}`);
        await sleep(pause);
        pause = Math.min(pause * 2, MAX_PAUSE_MS);
      }
    }
    if (dropped > 0) warn(`${dropped} records were dropped while the database was away`);
    dropped = 0;
    hurry = Promise.withResolvers<void>();
    running = undefined;
  }

  function gather<T>(write: (items: readonly T[]) => Promise<void>) {
    let gathered: T[] = [];
    return {
      add(item: T): void {
        if (gathered.length >= MAX_WAITING) dropped += gathered.splice(0, MAX_WAITING / 4).length;
        gathered.push(item);
        if (gathered.length > 1) return;
        enqueue(async () => {
          const together = gathered;
          gathered = [];
          await writeAll(together, write, warn).catch((error: unknown) => {
            gathered = [...together, ...gathered];
            throw error;
          });
        });
      },
      change(how: (item: T) => T): void {
        gathered = gathered.map(how);
      },
    };
  }

  const transitions = gather<TransitionBatch>((batches) => recorder.recordTransitions(batches));
  return {
    recordTransitions: transitions.add,
    recordAttemptStarted: gather<AttemptStart>((starts) => recorder.recordAttemptStarts(starts)).add,
    recordAttemptEnded: gather<AttemptEnd>((ends) => recorder.recordAttemptEnds(ends)).add,
    recordResult(record) {
      // It holds all that its transitions tell, but for what was published, and for turns that it has forgotten.
      if (record.forgotten === undefined)
        transitions.change((batch) => (batch.run === record.run ? withoutSteps(batch) : batch));
      hurry.resolve();
      if (results.length >= MAX_WAITING) dropped += results.splice(0, 1).length;
      results.push(record);
      enqueue(async () => {
        const oldest = results.slice(0, 1);
        await writeAll(oldest, ([one]) => recorder.recordResult(one!), warn);
        if (results[0] === oldest[0]) results.shift();
      });
    },
    appendLog: gather<LogChunk>((chunks) => recorder.appendLogs(chunks)).add,
    async settle(ms) {
      if (running === undefined) return;
      const written = new Promise<void>((resolve) => enqueue(async () => resolve()));
      hurry.resolve();
      await Promise.race([written, sleep(ms, undefined, { ref: false })]);
    },
  };
}

function withoutSteps(batch: TransitionBatch): TransitionBatch {
  return { ...batch, transitions: batch.transitions.filter(({ step }) => step === undefined) };
}

/** Drops what the store refuses for good, one by one, so that the rest gets through. Throws where it is away. */
async function writeAll<T>(
  items: readonly T[],
  write: (items: readonly T[]) => Promise<void>,
  warn: (message: string) => void,
): Promise<void> {
  if (items.length === 0) return;
  try {
    await write(items);
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (items.length === 1) return warn(`the store refused a record, which is dropped: ${messageOf(error)}`);
    const middle = items.length >> 1;
    await writeAll(items.slice(0, middle), write, warn);
    await writeAll(items.slice(middle), write, warn);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** SQLSTATE classes 22 (data), 23 (integrity) and 42 (statement): the same write would be refused again. */
function isRefused(error: unknown): boolean {
  const state =
    (error as { code?: unknown }).code ?? (error as { driverError?: { code?: unknown } }).driverError?.code;
  return typeof state === 'string' && /^(22|23|42)[0-9A-Z]{3}$/.test(state);
}
