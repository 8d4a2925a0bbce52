import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import {
  IntegrationRepository,
  type IntegrationRow,
} from '#persistence/integrations/integration-repository.js';
import type { Configuration } from '../configuration.js';
import { CONFIGURATION, DATA_SOURCE, LOGGER } from '../tokens.js';
import { describeIntegration } from './describe-integration.js';
import { DueLoop } from './due-loop.js';
import { SyncIntegration } from './sync-integration.js';

/** Asks now and then for the executions of what integrations watch; processes share the work. */
@Injectable()
export class SyncKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: DueLoop<IntegrationRow>;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(CONFIGURATION) { platformSyncMs }: Pick<Configuration, 'platformSyncMs'>,
    @Inject(SyncIntegration) private readonly syncIntegration: SyncIntegration,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const integrations = new IntegrationRepository(dataSource.manager);
    const work = {
      what: 'the sync of integrations',
      claim: (limit: number) => integrations.claimSyncs(limit, platformSyncMs),
      handle: (integration: IntegrationRow) => this.sync(integration),
      describe: describeIntegration,
    };
    this.loop = new DueLoop(work, platformSyncMs, logger);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async sync(integration: IntegrationRow): Promise<void> {
    const { code, message } = await this.syncIntegration.sync(integration);
    if (code === undefined || code === integration.synced?.code) return;
    this.logger.warn(
      { ...describeIntegration(integration), code, reason: message },
      'executions of an integration could not be asked for',
    );
  }
}
