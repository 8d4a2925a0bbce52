import { setTimeout as sleep } from 'node:timers/promises';
import { FINAL_RUN_STATUSES } from '#contracts/rest/runs.js';
import { isDatabaseAway } from '#persistence/database-away.js';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import { Bell } from './bell.js';
import { isPast, type Position } from './position.js';
import type { News, ReadNews } from './read-news.js';

/** What a reading depends on, and what it may take. */
export interface ReadingWorld {
  readonly news: Pick<ReadNews, 'readRun' | 'read'>;
  /** As JSON, as it is shown. */
  readonly present: (run: RunRow) => string;
  /** Milliseconds between two looks where nothing is heard. */
  readonly computePoll: () => number;
  /** Characters that are kept for those who come, or are late. */
  readonly computeRoom: () => number;
}

/** How a run looked at one moment; `round` counts the looks. */
interface RunLook {
  readonly json: string;
  readonly round: number;
}

/** Between two looks, however much happens. */
const BREATH_MS = 50;
/** Lines and ends of attempts may still be on their way from a worker when the run is over. */
const SETTLE_MS = 200;
/** While the database is away: so many looks in a row, then all who watch are told. */
const AWAY_PAUSE_MS = 500;
const AWAY_LOOKS = 60;
const NEWS_AT_ONCE = 200;

/**
 * The one reader of a run for all who watch it: it looks when somebody waits for more than it holds, and keeps the news
 * of late for others. Who falls behind what it holds reads by himself; so nothing piles up for those who are slow.
 */
export class RunReading {
  private readonly bell = new Bell();
  private readonly waiting = new Set<() => void>();
  private held: News[] = [];
  private size = 0;
  /** Number of the first news that is held. */
  private firstHeld = 0;
  /** Where a reader is who has seen all that is not held any more. */
  private heldFrom: Position;
  private end: Position;
  private more = false;
  private driven = false;
  private closed = false;
  private failedLooks = 0;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private settled = false;
  private ended = false;
  /** How often the run was looked at; a look that begins after now has a greater number. */
  looks = 0;
  latest: RunLook | undefined;
  /** Why there will be no more. */
  failure: unknown;

  constructor(
    /** As it was seen last. */
    public run: RunRow,
    from: Position,
    private readonly world: ReadingWorld,
  ) {
    this.heldFrom = from;
    this.end = from;
  }

  /** Something of the run has changed, or somebody wants to know whether. */
  ring(): void {
    this.bell.ring();
  }

  /** Nobody watches any more. */
  close(): void {
    this.closed = true;
    this.bell.ring();
  }

  /** Whether all that a reader at `position` has not seen is held or still to come. */
  holdsAfter(position: Position): boolean {
    return isPast(position, this.heldFrom);
  }

  /** Number of the first news that is held. */
  get first(): number {
    return this.firstHeld;
  }

  /** News from number `from`, which must be held or be the next to come. */
  take(from: number): readonly News[] {
    const start = from - this.firstHeld;
    return this.held.slice(start, start + NEWS_AT_ONCE);
  }

  /** Whether the run has ended, and news number `next` is none any more. */
  isOver(next: number): boolean {
    return this.ended && next === this.firstHeld + this.held.length;
  }

  /** Until the run was looked at once more, or `signal` aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.failure !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    this.waiting.add(wake);
    signal.addEventListener('abort', wake);
    if (!this.driven) void this.drive();
    await promise;
    signal.removeEventListener('abort', wake);
    this.waiting.delete(wake);
  }

  private async drive(): Promise<void> {
    this.driven = true;
    try {
      await this.look();
    } catch (error) {
      if (!isDatabaseAway(error) || ++this.failedLooks >= AWAY_LOOKS) this.failure = error;
      else await sleep(AWAY_PAUSE_MS);
    }
    this.driven = false;
    for (const wake of this.waiting) wake();
  }

  private async look(): Promise<void> {
    if (!this.more) {
      if (this.failedLooks === 0 && this.looks > 0) await this.bell.wait(this.world.computePoll());
      if (this.closed) return;
      await sleep(Math.max(0, this.lookedAt + BREATH_MS - performance.now()));
      await this.lookAtRun();
    }
    const { news, end, more } = await this.world.news.read(this.run, this.end);
    this.keep(news, end);
    this.more = more;
    this.failedLooks = 0;
    this.lookedAt = performance.now();
    // The run was read before its news: what it shows as ended is complete now.
    this.ended = !more && isFinal(this.run);
  }

  private async lookAtRun(): Promise<void> {
    const round = ++this.looks;
    this.run = await this.world.news.readRun(this.run);
    this.latest = { json: this.world.present(this.run), round };
    if (this.settled || !isFinal(this.run)) return;
    this.settled = true;
    await sleep(SETTLE_MS);
  }

  /** Keeps at least what came last: those who wait for it have not seen it. */
  private keep(news: readonly News[], end: Position): void {
    this.end = end;
    this.held.push(...news);
    for (const { live } of news) this.size += live.size;
    const room = this.world.computeRoom();
    let surplus = 0;
    while (this.size > room && surplus < this.held.length - news.length) {
      this.size -= this.held[surplus]!.live.size;
      surplus += 1;
    }
    if (surplus === 0) return;
    this.heldFrom = this.held[surplus - 1]!.after;
    this.firstHeld += surplus;
    this.held = this.held.slice(surplus);
  }
}

function isFinal(run: Pick<RunRow, 'status'>): boolean {
  return FINAL_RUN_STATUSES.includes(run.status);
}
