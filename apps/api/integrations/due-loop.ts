import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

interface DueWork<T> {
  /** As the log calls it: `the health of integrations`. */
  readonly what: string;
  /** Takes what is due, so that no other process does it, too. */
  claim(limit: number): Promise<readonly T[]>;
  handle(item: T): Promise<void>;
  /** For the log. */
  describe(item: T): Readonly<Record<string, unknown>>;
}

/** At once, in one process. */
const CONCURRENT = 5;

/** Does now and then what falls due in a table, with other processes. What fails is logged, and due again at its next time. */
export class DueLoop<T> {
  private readonly stopped = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  private readonly pollMs: number;

  /** @param everyMs after which an item is due again */
  constructor(
    private readonly work: DueWork<T>,
    everyMs: number,
    private readonly logger: Logger,
  ) {
    this.pollMs = Math.min(Math.max(everyMs / 60, 100), 5_000);
  }

  start(): void {
    this.running = this.run();
  }

  /** Returns once what is under way has ended. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const claimed = await this.claim();
      await Promise.all(claimed.map((item) => this.handle(item)));
      if (claimed.length < CONCURRENT) await sleep(this.pollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async claim(): Promise<readonly T[]> {
    try {
      return await this.work.claim(CONCURRENT);
    } catch (error) {
      this.logger.warn({ err: error }, `${this.work.what} cannot be read; trying on`);
      return [];
    }
  }

  private async handle(item: T): Promise<void> {
    try {
      await this.work.handle(item);
    } catch (error) {
      this.logger.warn({ err: error, ...this.work.describe(item) }, `${this.work.what} cannot be noted`);
    }
  }
}
