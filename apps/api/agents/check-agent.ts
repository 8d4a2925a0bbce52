import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Credentials } from '#connectors/agents/credentials.js';
import { createSafeClient, type SafeClient } from '#connectors/http/safe-client.js';
import { createMask } from '#connectors/secrets/mask.js';
import type { SecretResolver } from '#contracts/ports.js';
import type { AgentHealth } from '#contracts/rest/agents.js';
import { AgentRepository, type AgentRow } from '#persistence/agents/agent-repository.js';
import { createApiSecrets } from '../api-secrets.js';
import type { Configuration } from '../configuration.js';
import { CONFIGURATION, DATA_SOURCE } from '../tokens.js';

const CHECK_MS = 5_000;
const ANSWER_LIMIT = 64 * 1024;

/** Asks agents whether they are well. */
@Injectable()
export class CheckAgent implements OnApplicationShutdown {
  private readonly client: SafeClient;
  private readonly credentials: Credentials;
  private readonly secrets: SecretResolver;

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(CONFIGURATION) configuration: Pick<Configuration, 'httpAllow' | 'secretFolders' | 'vault'>,
  ) {
    this.client = createSafeClient({ allow: configuration.httpAllow });
    this.credentials = new Credentials(this.client);
    this.secrets = createApiSecrets(configuration);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }

  /** Well is what answers with a status of success, within seconds. */
  async check(agent: AgentRow): Promise<AgentHealth> {
    const began = performance.now();
    const found = await this.ask(agent);
    const health: AgentHealth = {
      status: found.message === undefined ? 'healthy' : 'unhealthy',
      checkedAt: new Date().toISOString(),
      ms: Math.round(performance.now() - began),
      ...found,
    };
    await new AgentRepository(this.dataSource.manager).noteHealth(agent.id, health);
    return health;
  }

  private async ask(agent: AgentRow): Promise<Pick<AgentHealth, 'httpStatus' | 'message'>> {
    const mask = createMask();
    const signal = AbortSignal.timeout(CHECK_MS);
    try {
      const headers = await this.credentials.headersFor(agent.auth, {
        signal,
        resolve: (reference) => this.secrets.resolve(reference),
        mask: (secret) => mask.add(secret),
      });
      const { status } = await this.client.send({
        url: agent.healthUrl ?? new URL('health', agent.url.replace(/\/*([?#].*)?$/, '/')).href,
        method: 'GET',
        headers,
        secretHeaders: Object.keys(headers),
        timeoutMs: CHECK_MS,
        maxBytes: ANSWER_LIMIT,
        signal,
      });
      if (status >= 200 && status < 300) return { httpStatus: status };
      return { httpStatus: status, message: `It answered with status ${status}.` };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { message: mask.apply(message).slice(0, 500) };
    }
  }
}
