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
import { CheckIntegration } from './check-integration.js';
import { describeIntegration } from './describe-integration.js';
import { DueLoop } from './due-loop.js';

/** Asks now and then whether each integration works; processes share the work. */
@Injectable()
export class HealthKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: DueLoop<IntegrationRow>;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(CONFIGURATION) { platformCheckMs }: Pick<Configuration, 'platformCheckMs'>,
    @Inject(CheckIntegration) private readonly checkIntegration: CheckIntegration,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const integrations = new IntegrationRepository(dataSource.manager);
    const work = {
      what: 'the health of integrations',
      claim: (limit: number) => integrations.claimChecks(limit, platformCheckMs),
      handle: (integration: IntegrationRow) => this.check(integration),
      describe: describeIntegration,
    };
    this.loop = new DueLoop(work, platformCheckMs, logger);
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async check(integration: IntegrationRow): Promise<void> {
    const before = integration.health?.state;
    const { state, code, message } = await this.checkIntegration.check(integration);
    if (state === before || (before === undefined && state === 'healthy')) return;
    const facts = { ...describeIntegration(integration), state, code, reason: message };
    if (state === 'unhealthy') this.logger.warn(facts, 'an integration does not work');
    else this.logger.info(facts, 'the health of an integration is another');
  }
}
