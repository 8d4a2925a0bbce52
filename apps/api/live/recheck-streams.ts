import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { AccessRepository, type Standing } from '#persistence/repositories/access-repository.js';
import { findRefusal } from '../auth/authenticate.js';
import { isAllowed } from '../auth/permissions.js';
import { DATA_SOURCE, LOGGER } from '../tokens.js';
import { LiveStreams, type Reader } from './live-streams.js';

const EVERY_MS = 15_000;

/** Ends the streams of those who may not see the run any more: who was let in stays only as long as he would be let in. */
@Injectable()
export class RecheckStreams implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly access: AccessRepository;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(LiveStreams) private readonly streams: LiveStreams,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.access = new AccessRepository(dataSource.manager);
  }

  onApplicationBootstrap(): void {
    this.schedule();
  }

  onModuleDestroy(): void {
    clearTimeout(this.timer);
  }

  /** Asks once for all streams that were opened by the same means. */
  async sweep(): Promise<void> {
    const byMeans = Map.groupBy(this.streams.list(), ({ reader: { means, project } }) =>
      JSON.stringify([means, project]),
    );
    for (const streams of byMeans.values()) {
      if (await this.mayRead(streams[0]!.reader)) continue;
      for (const stream of streams) stream.end('access-ended');
    }
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      void this.sweep()
        // Whoever is in stays in while nobody can say otherwise.
        .catch((error: unknown) => this.logger.warn({ err: error }, 'who reads streams cannot be checked'))
        .finally(() => this.schedule());
    }, EVERY_MS).unref();
  }

  private async mayRead({ means, project }: Reader): Promise<boolean> {
    if (means.kind === 'open') return true;
    const standing =
      means.kind === 'issuer'
        ? await this.findStandingOfUser(means.id, project)
        : await this.findStandingOfKey(means.id, project);
    return standing !== undefined && isAllowed('runs:read', standing);
  }

  private async findStandingOfUser(id: string, project: string): Promise<Standing | undefined> {
    const user = await this.access.findUserById(id, project);
    return user === undefined || user.disabled ? undefined : user.standing;
  }

  private async findStandingOfKey(id: string, project: string): Promise<Standing | undefined> {
    const key = await this.access.findKey(id, project);
    return key === undefined || findRefusal(key, Date.now()) !== undefined ? undefined : key.standing;
  }
}
