import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { IntegrationHealth } from '#contracts/rest/integrations.js';
import { isSluiceError } from '#domain/errors.js';
import {
  IntegrationRepository,
  type IntegrationRow,
} from '#persistence/integrations/integration-repository.js';
import { Metrics } from '../observability/metrics.js';
import { DATA_SOURCE } from '../tokens.js';
import { UsePlatform } from './use-platform.js';

const LIMITS = { limitMs: 10_000, patienceMs: 0 };
const MOST_MISSING = 50;
const MOST_TEXT = 200;

/** Asks platforms whether an integration works, and keeps what was found. */
@Injectable()
export class CheckIntegration {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(UsePlatform) private readonly usePlatform: UsePlatform,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** Also of one that is disabled: somebody wants to know before it is enabled. */
  async check(integration: IntegrationRow): Promise<IntegrationHealth> {
    const began = performance.now();
    const found = await this.ask(integration);
    const health: IntegrationHealth = {
      ...found,
      checkedAt: new Date().toISOString(),
      ms: Math.round(performance.now() - began),
    };
    if (this.usePlatform.isStopping) return health;
    this.metrics.platformChecked(health.state);
    await new IntegrationRepository(this.dataSource.manager).noteHealth(integration, health);
    return health;
  }

  private async ask(integration: IntegrationRow): Promise<Omit<IntegrationHealth, 'checkedAt' | 'ms'>> {
    try {
      return await this.usePlatform.try(
        integration,
        async ({ client, hide }) => {
          const { account, version, missing } = await client.health();
          const tell = (text: string) =>
            hide(text)
              .slice(0, MOST_TEXT)
              .replaceAll(/\p{Cc}/gu, ' ')
              .toWellFormed();
          return {
            state: missing.length === 0 ? 'healthy' : 'lacking',
            ...(account === undefined ? {} : { account: tell(account) }),
            ...(version === undefined ? {} : { version: tell(version) }),
            missing: missing.slice(0, MOST_MISSING).map(tell),
          };
        },
        LIMITS,
      );
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      return { state: 'unhealthy', code: error.code, message: error.message, missing: [] };
    }
  }
}
