import { setTimeout as sleep } from 'node:timers/promises';
import type { Records, RunRecorder } from '#contracts/ports.js';
import type { FinalRecord, TransitionBatch } from '#contracts/run.js';
import type { AttemptRecorder } from '../activities/attempt.js';

/** Records of one kind held while the store is away; past it the oldest go: what of them matters, a replay brings back. */
const MAX_WAITING = 20_000;
const MAX_PAUSE_MS = 5_000;

/** What comes within this time is written together, unless somebody waits for it: statements cost more than rows. */
const GATHER_MS = 150;

/** People wait for the end of a run; where many end, those of this time are written together. */
const GATHER_RESULTS_MS = 50;

/** Records of one transaction, which locks the runs that they tell of. */
const MOST_TOGETHER = 1_000;

type Kind = keyof Records;

type Waiting = { [K in Kind]-?: Required<Records>[K][number][] };

/** In the order in which they are written: who sees a run ended sees what was recorded before. */
const KINDS = ['transitions', 'attemptStarts', 'attemptEnds', 'logs', 'results'] as const satisfies Kind[];

export interface RecordingQueue extends AttemptRecorder {
  recordTransitions(batch: TransitionBatch): void;
  recordResult(record: FinalRecord): void;
}

/**
 * Puts itself between those who work and the store: they never wait for it and never fail by it. What comes while
 * something is being written is written together.
 */
export function createRecordingQueue(recorder: RunRecorder, warn: (message: string) => void): RecordingQueue {
  let waiting = createWaiting();
  let waiters: (() => void)[] = [];
  let running: Promise<void> | undefined;
  let woken = Promise.withResolvers<void>();
  let written = 0;
  let dropped = 0;

  function add<K extends Kind>(kind: K, item: Waiting[K][number]): void {
    const items: (typeof item)[] = waiting[kind];
    if (items.length >= MAX_WAITING) dropped += items.splice(0, MAX_WAITING / 4).length;
    items.push(item);
    running ??= run();
  }

  async function run(): Promise<void> {
    while (countOf(waiting) > 0 || waiters.length > 0) {
      await gather();
      const [taken, told] = [waiting, waiters];
      [waiting, waiters] = [createWaiting(), []];
      for (const records of portionsOf(taken)) await writeInTime(records);
      written = performance.now();
      for (const tell of told) tell();
    }
    if (dropped > 0) warn(`${dropped} records were dropped while the database was away`);
    dropped = 0;
    running = undefined;
  }

  /** A result that comes long after the last write is written at once. */
  async function gather(): Promise<void> {
    const began = performance.now();
    while (waiters.length === 0) {
      const until = waiting.results.length > 0 ? written + GATHER_RESULTS_MS : began + GATHER_MS;
      const left = until - performance.now();
      if (left <= 0) return;
      woken = Promise.withResolvers();
      await Promise.race([sleep(left), woken.promise]);
    }
  }

  /** Tries until the store is there. */
  async function writeInTime(records: Records): Promise<void> {
    for (let pause = 100; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
      try {
        return await writeAll(recorder, records, warn);
      } catch (error) {
        warn(`cannot record, trying again: ${messageOf(error)}`);
        await sleep(pause);
      }
    }
  }

  return {
    recordTransitions: (batch) => add('transitions', batch),
    recordAttemptStarted: (start) => add('attemptStarts', start),
    recordAttemptEnded: (end) => add('attemptEnds', end),
    appendLog: (chunk) => add('logs', chunk),
    recordResult(record) {
      add('results', record.forgotten === undefined ? takeOver(waiting, record) : record);
      woken.resolve();
    },
    async settle(ms) {
      if (running === undefined) return;
      const written = new Promise<void>((resolve) => waiters.push(resolve));
      woken.resolve();
      await Promise.race([written, sleep(ms, undefined, { ref: false })]);
    },
  };
}

function createWaiting(): Waiting {
  return { transitions: [], attemptStarts: [], attemptEnds: [], logs: [], results: [] };
}

function countOf(records: Records): number {
  return KINDS.reduce((count, kind) => count + (records[kind]?.length ?? 0), 0);
}

/**
 * The complete record of a run tells all that the transitions which wait beside it do, but for what was published; and
 * for when the run began, which is taken into it. Not so where the run has forgotten turns gone by.
 */
function takeOver(waiting: Waiting, record: FinalRecord): FinalRecord {
  let startedAt = record.startedAt ?? Number.POSITIVE_INFINITY;
  waiting.transitions = waiting.transitions.flatMap((batch) => {
    if (batch.run !== record.run) return [batch];
    for (const { step, at } of batch.transitions) if (step === undefined) startedAt = Math.min(startedAt, at);
    return batch.events === undefined ? [] : [{ ...batch, transitions: [] }];
  });
  return Number.isFinite(startedAt) ? { ...record, startedAt } : record;
}

function* portionsOf(taken: Waiting): Generator<Records> {
  if (countOf(taken) <= MOST_TOGETHER) return yield taken;
  for (const kind of KINDS) {
    for (let from = 0; from < taken[kind].length; from += MOST_TOGETHER)
      yield { [kind]: taken[kind].slice(from, from + MOST_TOGETHER) };
  }
}

/** Drops what the store refuses for good, one by one, so that the rest gets through. Throws where it is away. */
async function writeAll(
  recorder: RunRecorder,
  records: Records,
  warn: (message: string) => void,
): Promise<void> {
  if (countOf(records) === 0) return;
  try {
    await recorder.record(records);
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (countOf(records) === 1)
      return warn(`the store refused a record, which is dropped: ${messageOf(error)}`);
    for (const part of divide(records)) await writeAll(recorder, part, warn);
  }
}

/** Kinds apart; of one kind, halves. */
function divide(records: Records): readonly Records[] {
  const kinds = KINDS.filter((kind) => (records[kind]?.length ?? 0) > 0);
  if (kinds.length > 1) return kinds.map((kind) => ({ [kind]: records[kind] }));
  const kind = kinds[0]!;
  const items = records[kind]!;
  const middle = items.length >> 1;
  return [{ [kind]: items.slice(0, middle) }, { [kind]: items.slice(middle) }];
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
