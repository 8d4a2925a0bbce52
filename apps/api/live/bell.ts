/** Remembers a ring that came while nobody waited. */
export class Bell {
  private rung = Promise.withResolvers<void>();

  ring(): void {
    this.rung.resolve();
  }

  /** Until it rings, or the time is over. */
  async wait(ms: number): Promise<void> {
    const timer = setTimeout(() => this.ring(), ms);
    await this.rung.promise;
    clearTimeout(timer);
    this.rung = Promise.withResolvers<void>();
  }
}
