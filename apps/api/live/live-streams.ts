import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { Identity } from '../auth/identity.js';
import type { Configuration } from '../configuration.js';
import { problemError } from '../http/problem.js';
import { CONFIGURATION } from '../tokens.js';
import type { StreamEndName } from './stream-ends.js';

/** Whoever follows for longer is asked again who he is. */
const LONGEST_STREAM_MS = 3_600_000;
/** What is open may take so long to end when the process stops. */
const STOP_MS = 5_000;

/** Who reads a stream, and by what he got in. */
export type Reader = Pick<Identity, 'actor' | 'project' | 'means'>;

/** One open stream: told by `end` to end, it aborts its signal. */
export class LiveStream {
  private readonly over = new AbortController();
  private readonly timer = setTimeout(() => this.end('stream-too-old'), LONGEST_STREAM_MS).unref();
  private cause: StreamEndName | 'reader-gone' | undefined;

  readonly signal = this.over.signal;

  constructor(readonly reader: Reader) {}

  /** The first call says why. */
  end(cause: StreamEndName | 'reader-gone'): void {
    if (this.cause !== undefined) return;
    this.cause = cause;
    clearTimeout(this.timer);
    this.over.abort();
  }

  /** Undefined while it is open. */
  get endedBy(): StreamEndName | 'reader-gone' | undefined {
    return this.cause;
  }
}

/** The event streams of this process, of either kind: how many there may be, and their end when it stops. */
@Injectable()
export class LiveStreams implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly streams = new Set<LiveStream>();
  private readonly perCaller = new Map<string, number>();
  private stopping = false;
  private emptied = Promise.withResolvers<void>();

  constructor(
    @Inject(CONFIGURATION) private readonly limits: Pick<Configuration, 'streams' | 'callerStreams'>,
  ) {}

  /** Those that are open. */
  list(): readonly LiveStream[] {
    return [...this.streams];
  }

  /** Streams that are open. */
  get open(): number {
    return this.streams.size;
  }

  onModuleDestroy(): void {
    this.stopping = true;
    for (const stream of this.streams) stream.end('server-stopping');
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.streams.size === 0) return;
    const timer = setTimeout(() => this.emptied.resolve(), STOP_MS);
    await this.emptied.promise;
    clearTimeout(timer);
  }

  /**
   * Does `work` with a stream that counts until it is over. Throws SluiceError `too-many-streams`,
   * `too-many-caller-streams`.
   */
  async serve(reader: Reader, work: (stream: LiveStream) => Promise<void>): Promise<void> {
    const { actor } = reader;
    const own = this.perCaller.get(actor) ?? 0;
    if (this.stopping || this.streams.size >= this.limits.streams) {
      throw problemError('too-many-streams', 'Too many event streams are open.');
    }
    if (own >= this.limits.callerStreams) {
      throw problemError('too-many-caller-streams', 'You have too many event streams open.');
    }
    const stream = new LiveStream(reader);
    this.streams.add(stream);
    this.perCaller.set(actor, own + 1);
    try {
      await work(stream);
    } finally {
      stream.end('reader-gone');
      this.release(stream, actor);
    }
  }

  private release(stream: LiveStream, actor: string): void {
    this.streams.delete(stream);
    const left = this.perCaller.get(actor)! - 1;
    if (left === 0) this.perCaller.delete(actor);
    else this.perCaller.set(actor, left);
    if (this.stopping && this.streams.size === 0) this.emptied.resolve();
  }
}
