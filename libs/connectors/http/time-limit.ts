/** A limit of time that can be set anew, and taken away. */
export class TimeLimit {
  passed = false;
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  /** Aborted when it passes. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** From now on, instead of what was set before. */
  start(ms: number): void {
    this.stop();
    this.timer = setTimeout(() => {
      this.passed = true;
      this.controller.abort();
    }, ms);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
