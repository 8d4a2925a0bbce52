import type { Clock, Stop } from './world.js';

interface Due {
  readonly at: number;
  /** What is due at the same moment comes in the order in which it was asked for. */
  readonly order: number;
  readonly fire: () => void;
  canceled: boolean;
}

/** A clock that stands still until it is told to go on, and then jumps to what is due next: a year takes no time. */
export class VirtualClock implements Clock {
  /** A heap: none is due before the one at half its index. */
  private readonly heap: Due[] = [];
  private asked = 0;

  constructor(private moment: number) {}

  now(): number {
    return this.moment;
  }

  after(ms: number, fire: () => void): Stop {
    const due: Due = { at: this.moment + Math.max(0, ms), order: this.asked++, fire, canceled: false };
    this.heap.push(due);
    this.rise(this.heap.length - 1);
    return () => {
      due.canceled = true;
    };
  }

  /** Jumps to what is due next and does it; false where nothing is. */
  advance(): boolean {
    for (let next = this.take(); next !== undefined; next = this.take()) {
      if (next.canceled) continue;
      this.moment = next.at;
      next.fire();
      return true;
    }
    return false;
  }

  private take(): Due | undefined {
    const [first] = this.heap;
    const last = this.heap.pop();
    if (first !== undefined && last !== undefined && first !== last) {
      this.heap[0] = last;
      this.sink(0);
    }
    return first;
  }

  private rise(start: number): void {
    for (let at = start; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!isBefore(this.heap[at]!, this.heap[above]!)) return;
      this.swap(at, above);
      at = above;
    }
  }

  private sink(start: number): void {
    for (let at = start; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      for (const below of [left, right]) {
        const candidate = this.heap[below];
        if (candidate !== undefined && isBefore(candidate, this.heap[least]!)) least = below;
      }
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private swap(one: number, other: number): void {
    [this.heap[one], this.heap[other]] = [this.heap[other]!, this.heap[one]!];
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
