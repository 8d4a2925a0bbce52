import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { sealAuditLog } from '#persistence/audit/seal-log.js';
import { DATA_SOURCE, LOGGER } from '../tokens.js';

const INTERVAL_MS = 1_000;

/** Chains what was written to the audit log, once a second; of several processes one does it. */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopped = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private failing = false;

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  /** Said once, not every second. */
  private note(failure: unknown): void {
    const failing = failure !== undefined;
    if (failing && !this.failing)
      this.logger.warn({ err: failure }, 'the audit log cannot be chained; trying on');
    if (!failing && this.failing) this.logger.info('the audit log can be chained again');
    this.failing = failing;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await sealAuditLog(this.dataSource).then(
        () => this.note(undefined),
        (error: unknown) => this.note(error),
      );
      await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
