import { Inject, Injectable } from '@nestjs/common';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import { PresentRun } from '../runs/present-run.js';
import type { Position } from './position.js';
import { ReadNews } from './read-news.js';
import { RunFeed } from './run-feed.js';
import { RunReading } from './run-reading.js';

/** Of one reading, and of all of them together. */
const ROOM_CHARACTERS = 1 << 20;
const ALL_ROOM_CHARACTERS = 64 << 20;
const POLL_MS = 2_000;
const LONGEST_POLL_MS = 30_000;
/** Looks at nothing in particular that all readings together may take. */
const POLLS_A_SECOND = 50;

interface Shared {
  readonly reading: RunReading;
  readonly unfollow: () => void;
  watchers: number;
}

/** One reading for each run that somebody watches. */
@Injectable()
export class RunReadings {
  private readonly shared = new Map<string, Shared>();

  constructor(
    @Inject(ReadNews) private readonly news: ReadNews,
    @Inject(PresentRun) private readonly presenter: PresentRun,
    @Inject(RunFeed) private readonly feed: RunFeed,
  ) {}

  /** The reading of the run; who watches first says where it begins. Call `leave` at the end, once. */
  join(run: RunRow, from: Position): { readonly reading: RunReading; leave(): void } {
    const known = this.shared.get(run.id);
    const shared = known === undefined || known.reading.failure !== undefined ? this.open(run, from) : known;
    shared.watchers += 1;
    shared.reading.ring();
    return { reading: shared.reading, leave: () => this.leave(run.id, shared) };
  }

  private open(run: RunRow, from: Position): Shared {
    const reading = new RunReading(run, from, {
      news: this.news,
      present: (row) => JSON.stringify(this.presenter.present(row)),
      computePoll: () =>
        Math.min(LONGEST_POLL_MS, Math.max(POLL_MS, (this.shared.size * 1_000) / POLLS_A_SECOND)),
      computeRoom: () => Math.min(ROOM_CHARACTERS, ALL_ROOM_CHARACTERS / this.shared.size),
    });
    const shared = { reading, unfollow: this.feed.follow(run.id, () => reading.ring()), watchers: 0 };
    this.shared.set(run.id, shared);
    return shared;
  }

  private leave(id: string, shared: Shared): void {
    shared.watchers -= 1;
    if (shared.watchers > 0) return;
    shared.unfollow();
    shared.reading.close();
    if (this.shared.get(id) === shared) this.shared.delete(id);
  }
}
