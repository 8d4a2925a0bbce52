import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource, EntityManager } from 'typeorm';
import { createDataSource } from '#persistence/data-source.js';
import { Replica } from '#persistence/replica.js';
import type { Configuration } from '../configuration.js';
import { CONFIGURATION, DATA_SOURCE, LOGGER } from '../tokens.js';

/** Reads of lists and statistics, which may be a little old: from the replica, where there is one. */
@Injectable()
export class ReadStore implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly replica: Replica | undefined;

  constructor(
    @Inject(DATA_SOURCE) private readonly primary: DataSource,
    @Inject(CONFIGURATION) configuration: Configuration,
    @Inject(LOGGER) logger: Logger,
  ) {
    const { databaseReplicaUrl: url, replicaLagMs: maxLagMs, database } = configuration;
    if (url === undefined) return;
    this.replica = new Replica({
      primary,
      replica: createDataSource(url, database),
      maxLagMs,
      onChange: (used, reason) =>
        used
          ? logger.info({ reason }, 'lists are read from the replica')
          : logger.warn({ reason }, 'lists are read from the primary: the replica is not used'),
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.replica?.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.replica?.close();
  }

  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.replica === undefined ? work(this.primary.manager) : this.replica.read(work);
  }
}
