import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import { PresentRun } from '../runs/present-run.js';
import { LiveEvent } from './live-event.js';
import { advance, BEGINNING, formatPosition, isNews, type Position, parsePosition } from './position.js';
import { type News, ReadNews } from './read-news.js';
import type { RunReading } from './run-reading.js';
import { RunReadings } from './run-readings.js';

/** Between two tries to come up with the others. */
const BREATH_MS = 50;

/** What becomes known of a run, as fast as its reader takes it. */
@Injectable()
export class FollowRun {
  constructor(
    @Inject(PresentRun) private readonly presenter: PresentRun,
    @Inject(ReadNews) private readonly news: ReadNews,
    @Inject(RunReadings) private readonly readings: RunReadings,
  ) {}

  /**
   * Ends after `end`, or when `signal` aborts. An event id that is none of this run's begins at the beginning. Who is
   * late reads the store by himself until he has come to what the others wait for.
   */
  async *follow(
    first: RunRow,
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<readonly LiveEvent[]> {
    const asked = parsePosition(lastEventId);
    const place = asked === BEGINNING ? BEGINNING : await this.news.findPlace(first, asked);
    const { reading, leave } = this.readings.join(first, place);
    try {
      const watcher = new Watcher(reading, place);
      yield [watcher.show(JSON.stringify(this.presenter.present(first)))];
      while (!signal.aborted) {
        if (reading.failure !== undefined) throw reading.failure;
        const events = watcher.isLate ? await this.catchUp(watcher) : watcher.takeNews();
        if (events.length > 0) yield events;
        else if (watcher.isDone) return yield [watcher.end()];
        else if (!watcher.isLate) await reading.wait(signal);
      }
    } finally {
      leave();
    }
  }

  private async catchUp(watcher: Watcher): Promise<readonly LiveEvent[]> {
    const { news, end, more } = await this.news.read(watcher.reading.run, watcher.position);
    const events = watcher.read(news, end);
    if (!more && watcher.isLate) await sleep(BREATH_MS);
    return events;
  }
}

/** One who watches: how far he has come, and which look of the run he has seen. */
class Watcher {
  private shown: string | undefined;
  /** Looks that began before he came may be older than what he was shown first. */
  private readonly looksBefore: number;
  /** Number of the news that is next in the reading; undefined while he is late. */
  private next: number | undefined;

  constructor(
    readonly reading: RunReading,
    public position: Position,
  ) {
    this.looksBefore = reading.looks;
  }

  /** Whether the reading does not hold any more, or has never held, what he lacks. */
  get isLate(): boolean {
    if (this.next !== undefined && this.next < this.reading.first) this.next = undefined;
    if (this.next === undefined && this.reading.holdsAfter(this.position)) this.next = this.reading.first;
    return this.next === undefined;
  }

  get isDone(): boolean {
    return this.next !== undefined && this.reading.isOver(this.next);
  }

  show(run: string): LiveEvent {
    this.shown = run;
    return new LiveEvent('run', formatPosition(this.position), run);
  }

  end(): LiveEvent {
    return new LiveEvent('end', formatPosition(this.position), this.reading.latest?.json ?? this.shown!);
  }

  /** What the reading holds for him; call where he is not late. */
  takeNews(): readonly LiveEvent[] {
    const { latest } = this.reading;
    const isNewLook = latest !== undefined && latest.round > this.looksBefore && latest.json !== this.shown;
    const held = this.reading.take(this.next!);
    this.next! += held.length;
    const look = isNewLook ? [this.show(latest.json)] : [];
    const events = held.flatMap((one) => this.see(one));
    // News that he had read by himself are none; what follows them may be.
    if (held.length > 0 && look.length + events.length === 0) return this.takeNews();
    return [...look, ...events];
  }

  /** What he has read by himself. */
  read(news: readonly News[], end: Position): readonly LiveEvent[] {
    this.position = end;
    return news.map(({ live }) => live);
  }

  private see({ mark, live }: News): readonly LiveEvent[] {
    if (!isNews(mark, this.position)) return [];
    this.position = advance(this.position, mark);
    return [live.withId(formatPosition(this.position))];
  }
}
