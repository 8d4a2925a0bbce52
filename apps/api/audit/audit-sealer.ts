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

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await sealAuditLog(this.dataSource).catch((error: unknown) =>
        this.logger.warn({ err: error }, 'the audit log could not be chained; trying on'),
      );
      await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
