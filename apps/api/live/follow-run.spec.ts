import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import type { PresentRun } from '../runs/present-run.js';
import { FollowRun } from './follow-run.js';
import { LiveEvent } from './live-event.js';
import { advance, formatPosition, isNews, isPast, type Mark, type Position } from './position.js';
import type { News, ReadNews } from './read-news.js';
import type { RunFeed } from './run-feed.js';
import { RunReadings } from './run-readings.js';

const PAGE = 50;

/** A store in memory: one run, its news in the order in which they came. */
class Store {
  run = { id: 'r', project: 'p', status: 'running', settled: 0 } as RunRow;
  readonly marks: { readonly mark: Mark; readonly text: string }[] = [];
  reads = 0;
  failure: Error | undefined;
  wake = () => {};

  add(count: number, text = 'x'): void {
    for (let index = 0; index < count; index++) {
      const n = this.marks.length + 1;
      const mark = n % 3 === 0 ? { change: BigInt(n) } : { chunk: BigInt(n), line: 0 };
      this.marks.push({ mark, text });
    }
    this.wake();
  }

  end(): void {
    this.run = { ...this.run, status: 'succeeded' };
    this.wake();
  }

  async readRun(): Promise<RunRow> {
    return this.ask(() => this.run);
  }

  async findPlace(_: unknown, position: Position): Promise<Position> {
    return this.ask(() => {
      const end = this.marks.reduce((at, { mark }) => advance(at, mark), { change: 0n, chunk: 0n, line: -1 });
      return isPast(end, position) ? position : { change: 0n, chunk: 0n, line: -1 };
    });
  }

  async read(_: unknown, from: Position): ReturnType<ReadNews['read']> {
    return this.ask(() => {
      const all = this.marks.filter(({ mark }) => isNews(mark, from));
      let end = from;
      const news = all.slice(0, PAGE).map(({ mark, text }): News => {
        end = advance(end, mark);
        const kind = 'chunk' in mark ? 'log' : 'step';
        const json = JSON.stringify({ n: Number('chunk' in mark ? mark.chunk : mark.change), text });
        return { mark, after: end, live: new LiveEvent(kind, formatPosition(end), json) };
      });
      return { news, end, more: all.length > PAGE };
    });
  }

  private async ask<T>(answer: () => T): Promise<T> {
    this.reads += 1;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.failure !== undefined) throw this.failure;
    return answer();
  }
}

interface Seen {
  readonly event: string;
  readonly id: string;
  readonly n?: number;
  readonly status?: string;
}

describe('FollowRun', () => {
  let store: Store;
  let follow: FollowRun;

  beforeEach(() => {
    store = new Store();
    const feed: Pick<RunFeed, 'follow'> = {
      follow: (_, wake) => {
        store.wake = wake;
        return () => {};
      },
    };
    const presenter = { present: ({ status }: RunRow) => ({ status }) } as PresentRun;
    const news = store as unknown as ReadNews;
    follow = new FollowRun(presenter, news, new RunReadings(news, presenter, feed as RunFeed));
  });

  /** Until the run's end, or until `enough`; `each` may make the reader slow. */
  async function watch(
    options: {
      readonly lastEventId?: string;
      readonly enough?: (event: Seen) => boolean;
      readonly each?: (event: Seen) => Promise<void>;
    } = {},
  ): Promise<Seen[]> {
    const seen: Seen[] = [];
    const gone = new AbortController();
    for await (const batch of follow.follow(store.run, options.lastEventId, gone.signal)) {
      for (const event of batch) {
        const { id, data, event: name } = JSON.parse(String(event.toMessage()));
        seen.push({ id, event: name, ...data });
        await options.each?.(seen.at(-1)!);
        if (options.enough?.(seen.at(-1)!)) {
          gone.abort();
          return seen;
        }
      }
    }
    return seen;
  }
  const numbersOf = (seen: readonly Seen[]) => seen.flatMap(({ n }) => (n === undefined ? [] : [n]));
  const all = () => store.marks.map((_, index) => index + 1);
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it('reads a run once for a thousand who watch', async () => {
    store.add(20);
    let heard = 0;
    const watchers = Array.from({ length: 1_000 }, () =>
      watch({
        each: async ({ n }) => {
          if (n !== undefined) heard += 1;
        },
      }),
    );
    await until(() => heard === 20_000);
    const before = store.reads;
    for (let more = 1; more <= 5; more++) {
      store.add(1);
      await until(() => heard === (20 + more) * 1_000);
    }
    store.end();
    for (const seen of await Promise.all(watchers)) {
      expect(numbersOf(seen)).toEqual(all());
      expect(seen.at(-1)).toMatchObject({ event: 'end', status: 'succeeded' });
    }
    // Two queries a look; a few looks may find nothing.
    expect(before).toBeLessThan(20);
    expect(store.reads - before).toBeLessThan(30);
  });

  it('shows how the run looks, at first and whenever that changes', async () => {
    const watching = watch();
    await until(() => store.reads > 0);
    store.end();
    expect((await watching).map(({ event, status }) => [event, status])).toEqual([
      ['run', 'running'],
      ['run', 'succeeded'],
      ['end', 'succeeded'],
    ]);
  });

  it('gives a late reader all, beside one who is at the end', async () => {
    // More than is held for others.
    store.add(400, 'x'.repeat(10_000));
    let heard = 0;
    const first = watch({
      each: async () => {
        heard += 1;
      },
    });
    await until(() => heard > 400);
    const late = watch();
    const resumed = watch({ lastEventId: '198_199.0' });
    store.add(30);
    await until(() => heard > 430);
    store.end();
    expect(numbersOf(await first)).toEqual(all());
    const seen = numbersOf(await late);
    expect(seen.toSorted((a, b) => a - b)).toEqual(all());
    const rest = numbersOf(await resumed);
    expect(rest.toSorted((a, b) => a - b)).toEqual(all().slice(199));
  });

  it('gives a slow reader all, once, though the others do not wait for him', async () => {
    let heard = 0;
    const quick = watch({
      each: async () => {
        heard += 1;
      },
    });
    await until(() => heard > 0);
    const held = Promise.withResolvers<void>();
    const slow = watch({ each: ({ n }) => (n === 5 ? held.promise : Promise.resolve()) });
    store.add(10);
    await until(() => heard > 10);
    for (let round = 1; round <= 8; round++) {
      store.add(50, 'x'.repeat(10_000));
      await until(() => heard > 10 + round * 50);
    }
    store.end();
    await quick;
    held.resolve();
    const seen = await slow;
    expect(numbersOf(seen).toSorted((a, b) => a - b)).toEqual(all());
    expect(seen.at(-1)!.event).toBe('end');
  });

  it('can be taken up at every event: nothing lost, nothing twice', async () => {
    store.add(120);
    store.end();
    const whole = (await watch()).filter(({ n }) => n !== undefined);
    for (const [index, { id, n }] of whole.entries()) {
      if (index % 13 !== 0) continue;
      const before = numbersOf(await watch({ enough: (event) => event.n === n }));
      const rest = numbersOf(await watch({ lastEventId: id }));
      expect([...before, ...rest]).toEqual(numbersOf(whole));
    }
  });

  it('begins at the beginning for an id that no event of the run can have yet', async () => {
    store.add(7);
    store.end();
    for (const id of ['999999999999999999_', '3_999999999.0', 'x']) {
      expect(numbersOf(await watch({ lastEventId: id }))).toEqual(all());
    }
  });

  it('goes on when the database comes back', async () => {
    let heard = 0;
    const watching = watch({
      each: async () => {
        heard += 1;
      },
    });
    await until(() => heard > 0);
    store.failure = new Error('Connection terminated unexpectedly');
    const before = store.reads;
    store.add(3);
    await until(() => store.reads > before + 1);
    store.failure = undefined;
    store.end();
    expect(numbersOf(await watching)).toEqual(all());
  });

  it('ends with every other error, and a new reader begins anew', async () => {
    const watching = [watch(), watch()];
    await until(() => store.reads > 0);
    store.failure = new TypeError('wrong');
    store.add(1);
    for (const outcome of await Promise.allSettled(watching)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: store.failure });
    }
    store.failure = undefined;
    store.end();
    expect((await watch()).at(-1)!.event).toBe('end');
  });

  it('stops reading when nobody watches any more', async () => {
    const watching = watch({ enough: ({ event }) => event === 'log' });
    store.add(5);
    await watching;
    const before = store.reads;
    store.add(5);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(store.reads - before).toBeLessThan(3);
  });
});
