/** So many at once, the others in the order in which they came. */
export class Slots {
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(size: number) {
    this.free = size;
  }

  /**
   * Calls `work` once there is room, with the way to make room again. The answer takes the place in the queue back: true
   * where the work had not begun, and never will.
   */
  enter(work: (free: () => void) => void): () => boolean {
    const begin = (): void => {
      this.free--;
      work(() => {
        this.free++;
        this.waiting.shift()?.();
      });
    };
    if (this.free > 0) {
      begin();
      return () => false;
    }
    this.waiting.push(begin);
    return () => {
      const at = this.waiting.indexOf(begin);
      if (at !== -1) this.waiting.splice(at, 1);
      return at !== -1;
    };
  }
}
