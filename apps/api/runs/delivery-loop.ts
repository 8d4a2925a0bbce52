import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isDatabaseAway } from '#persistence/database-away.js';
import type { Postponement } from '#persistence/repositories/outbox-repository.js';
import { computePause, type Pauses, withDeadline } from './delivery.js';
import { Pace, type PaceLimits } from './pace.js';

export interface DeliveryTimes extends PaceLimits {
  /** Between two looks at the store, where nothing says that there is something. */
  readonly pollMs: number;
  /** One delivery. Together with the look whether Temporal is there it is shorter than the lease. */
  readonly deliveryMs: number;
  readonly leaseMs: number;
  /** Between two looks whether Temporal, or the store, is back. */
  readonly awayPauses: Pauses;
  /** Between two attempts of a message that failed though Temporal was there. */
  readonly pauses: Pauses;
  /** So many failures of its own, and a message is tried only every `setAsideMs`. */
  readonly setAsideAfter: number;
  readonly setAsideMs: number;
}

export const DELIVERY_TIMES: DeliveryTimes = {
  concurrent: 20,
  perSecond: 200,
  pollMs: 250,
  deliveryMs: 8_000,
  leaseMs: 15_000,
  awayPauses: { firstMs: 250, longestMs: 5_000 },
  pauses: { firstMs: 250, longestMs: 60_000 },
  setAsideAfter: 10,
  setAsideMs: 600_000,
};

/** What is delivered, and to whom. */
export interface DeliveryWork<M> {
  /** Takes messages that are due, the oldest first. */
  claim(limit: number, leaseMs: number): Promise<readonly M[]>;
  /** At least once, so idempotent; it also notes that it was done. What it throws is why it was not. */
  deliver(message: M): Promise<void>;
  /** Throws while the other side cannot be asked. */
  check(): Promise<void>;
  postpone(message: M, postponement: Postponement): Promise<void>;
  /** For the log. */
  describe(message: M): Readonly<Record<string, unknown>>;
}

/**
 * Delivers what gathers in a table, by any number of processes at once. While the other side is away no message is
 * touched: a look now and then finds out when it is back. A message that fails though the other side is there has only
 * itself to blame: its pauses grow, and in the end it is set aside, so that it does not hold up the others.
 */
export class DeliveryLoop<M extends { readonly failures: number }> {
  private readonly stopped = new AbortController();
  private readonly pace: Pace;
  private readonly underWay = new Set<Promise<void>>();
  private nudged = Promise.withResolvers<void>();
  private running: Promise<void> = Promise.resolve();
  private checking: Promise<boolean> | undefined;
  private away = false;
  private crowded = false;
  private unreadable = 0;
  private readAt = performance.now();

  constructor(
    /** As the log calls them: `starts and cancels`. */
    private readonly what: string,
    private readonly work: DeliveryWork<M>,
    private readonly times: DeliveryTimes,
    private readonly logger: Logger,
  ) {
    this.pace = new Pace(times, performance.now());
  }

  start(): void {
    this.running = this.run();
  }

  /** Returns once the deliveries that are under way have ended. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.nudge();
    await this.running;
  }

  /** Call after a message was committed: it is looked for at once. */
  nudge(): void {
    this.nudged.resolve();
  }

  /** How long ago the table was last read. It is not while the other side is away, which is no silence. */
  get silentMs(): number {
    return this.away ? 0 : performance.now() - this.readAt;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      if (this.away) await this.waitForReturn();
      this.nudged = Promise.withResolvers<void>();
      const room = signal.aborted ? 0 : this.pace.room(performance.now());
      this.crowded = room === 0;
      const claimed = room > 0 ? await this.claim(room) : [];
      this.pace.begin(claimed.length);
      for (const message of claimed) this.send(message);
      if (this.unreadable > 0) await this.pause(computePause(this.unreadable, this.times.awayPauses));
      else if (claimed.length < room || room === 0) await this.rest();
    }
    await Promise.all(this.underWay);
  }

  /** Until there may be something to do. */
  private async rest(): Promise<void> {
    const wait = this.pace.waitMs(performance.now());
    // A nudge does not make the next token come earlier.
    if (wait > 0) await this.pause(wait);
    else await Promise.race([this.nudged.promise, this.pause(this.times.pollMs)]);
  }

  private async waitForReturn(): Promise<void> {
    const { signal } = this.stopped;
    for (let looks = 0; !signal.aborted; looks++) {
      await this.pause(computePause(looks, this.times.awayPauses));
      if (signal.aborted || !(await this.isAway())) break;
    }
    this.readAt = performance.now();
    this.pace.startAnew();
  }

  private async claim(limit: number): Promise<readonly M[]> {
    try {
      const claimed = await this.work.claim(limit, this.times.leaseMs);
      if (this.unreadable > 0) this.logger.info(`${this.what} can be read again`);
      this.unreadable = 0;
      this.readAt = performance.now();
      return claimed;
    } catch (error) {
      if (this.unreadable++ === 0) this.logger.warn({ err: error }, `${this.what} cannot be read; trying on`);
      return [];
    }
  }

  private send(message: M): void {
    const delivery = this.attempt(message)
      .then((succeeded) => this.pace.end(succeeded))
      .finally(() => {
        this.underWay.delete(delivery);
        if (this.crowded) this.nudge();
      });
    this.underWay.add(delivery);
  }

  private async attempt(message: M): Promise<boolean> {
    try {
      await withDeadline(this.work.deliver(message), this.times.deliveryMs);
      return true;
    } catch (error) {
      await this.noteFailure(message, error).catch((failure: unknown) =>
        // Not even noted: its lease ends, and it is claimed again.
        this.logger.warn({ err: failure, ...this.work.describe(message) }, `${this.what} cannot be noted`),
      );
      return false;
    }
  }

  private async noteFailure(message: M, error: unknown): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.debug({ err: error, ...this.work.describe(message) }, 'not delivered');
    const { setAsideAfter, setAsideMs, pauses, awayPauses } = this.times;
    const leave = (pauseMs: number) =>
      this.work.postpone(message, { pauseMs, reason, failures: message.failures, setAside: false });
    if (isDatabaseAway(error)) return leave(awayPauses.firstMs);
    // It keeps its place: nothing is claimed before Temporal is back.
    if (await this.isAway(reason)) return leave(0);
    const failures = message.failures + 1;
    const setAside = failures >= setAsideAfter;
    if (failures === setAsideAfter)
      this.logger.error({ reason, ...this.work.describe(message) }, 'set aside: it fails again and again');
    const pauseMs = setAside ? setAsideMs : computePause(failures - 1, pauses);
    await this.work.postpone(message, { pauseMs, reason, failures, setAside });
  }

  /** Those that fail together look once. */
  private isAway(reason?: string): Promise<boolean> {
    this.checking ??= this.look(reason).finally(() => {
      this.checking = undefined;
    });
    return this.checking;
  }

  private async look(reason: string | undefined): Promise<boolean> {
    const before = this.away;
    this.away = await withDeadline(this.work.check(), this.times.leaseMs - this.times.deliveryMs).then(
      () => false,
      () => true,
    );
    if (this.away && !before)
      this.logger.warn({ reason }, `${this.what} wait: Temporal does not answer; trying on`);
    if (before && !this.away) this.logger.info(`Temporal answers again: ${this.what} are delivered`);
    return this.away;
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }
}
