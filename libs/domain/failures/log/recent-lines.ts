/** The last lines of a stream, without a shift for each. */
export class RecentLines {
  /** Lines pushed so far. */
  count = 0;
  private readonly ring: string[] = [];

  constructor(private readonly size: number) {}

  push(line: string): void {
    this.ring[this.count % this.size] = line;
    this.count += 1;
  }

  /** At most the last `wanted`, in their order. */
  last(wanted: number): string[] {
    const from = Math.max(0, this.count - Math.min(wanted, this.size));
    return Array.from({ length: this.count - from }, (_, index) => this.ring[(from + index) % this.size]!);
  }
}
