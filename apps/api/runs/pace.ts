export interface PaceLimits {
  /** Under way at once. */
  readonly concurrent: number;
  /** Begun, in the long run. */
  readonly perSecond: number;
}

/**
 * How many deliveries may begin: so many under way, so many a second. What fails halves the first, what succeeds doubles it
 * again, so that a server that has just come back, or is at its limit, is not overrun by what has gathered.
 * Moments are milliseconds of any clock that only goes forward.
 */
export class Pace {
  private window: number;
  private underWay = 0;
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly limits: PaceLimits,
    now: number,
  ) {
    this.window = limits.concurrent;
    this.tokens = limits.concurrent;
    this.filledAt = now;
  }

  /** How many may begin now. */
  room(now: number): number {
    this.fill(now);
    return Math.max(0, Math.min(this.window - this.underWay, Math.floor(this.tokens)));
  }

  /** Until the next may begin, where only the rate holds it back. */
  waitMs(now: number): number {
    this.fill(now);
    return this.tokens >= 1 ? 0 : Math.ceil(((1 - this.tokens) * 1_000) / this.limits.perSecond);
  }

  begin(count: number): void {
    this.underWay += count;
    this.tokens -= count;
  }

  end(succeeded: boolean): void {
    this.underWay--;
    this.window = succeeded
      ? Math.min(this.limits.concurrent, this.window * 2)
      : Math.max(1, this.window >> 1);
  }

  /** The other side was away: one finds out how it goes. */
  startAnew(): void {
    this.window = 1;
  }

  private fill(now: number): void {
    const gained = ((now - this.filledAt) * this.limits.perSecond) / 1_000;
    this.tokens = Math.min(this.limits.concurrent, this.tokens + Math.max(0, gained));
    this.filledAt = Math.max(this.filledAt, now);
  }
}
