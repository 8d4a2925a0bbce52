import type { Clock, Stop } from '#domain/driving/world.js';

/** Longer than Node's timers can wait at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** The real time, as long as it is wanted. */
export class SystemClock implements Clock {
  private readonly waiting = new Set<Stop>();

  now(): number {
    return Date.now();
  }

  after(ms: number, fire: () => void): Stop {
    const due = Date.now() + ms;
    let timer: NodeJS.Timeout;
    const stop = (): void => {
      clearTimeout(timer);
      this.waiting.delete(stop);
    };
    const wait = (): void => {
      const left = due - Date.now();
      if (left > LONGEST_MS) {
        timer = setTimeout(wait, LONGEST_MS);
        return;
      }
      timer = setTimeout(
        () => {
          this.waiting.delete(stop);
          fire();
        },
        Math.max(0, left),
      );
    };
    this.waiting.add(stop);
    wait();
    return stop;
  }

  /** Nothing fires any more. */
  stop(): void {
    for (const stop of [...this.waiting]) stop();
  }
}
