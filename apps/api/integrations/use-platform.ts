import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Connections } from '#connectors/cicd/connections.js';
import { createConnections } from '#connectors/cicd/connections.js';
import type { Platform, PlatformClient } from '#connectors/cicd/platform.js';
import type { Platforms } from '#connectors/cicd/platforms.js';
import { createMask } from '#connectors/secrets/mask.js';
import type { SecretResolver } from '#contracts/ports.js';
import type { IntegrationRow } from '#persistence/integrations/integration-repository.js';
import { createApiSecrets } from '../api-secrets.js';
import type { Configuration } from '../configuration.js';
import { problemError } from '../http/problem.js';
import { CONFIGURATION, PLATFORMS } from '../tokens.js';
import { toPlatformProblem } from './platform-failure.js';

/** One use of a platform. */
export interface PlatformUse {
  readonly platform: Platform;
  readonly client: PlatformClient;
  /** Hides in a text what must not be shown. */
  hide(text: string): string;
}

export interface UseLimits {
  /** Of the whole use, in milliseconds. */
  readonly limitMs: number;
  /** Longest that is waited for a limit of the platform. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal;
}

/** Of a request of the API: whoever asks is waiting. */
const REQUEST_LIMITS: UseLimits = { limitMs: 20_000, patienceMs: 5_000 };

/** Asks platforms for the API itself. */
@Injectable()
export class UsePlatform implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly connections: Connections;
  private readonly secrets: SecretResolver;
  private readonly stopped = new AbortController();

  constructor(
    @Inject(PLATFORMS) private readonly platforms: Platforms,
    @Inject(CONFIGURATION) configuration: Pick<Configuration, 'httpAllow' | 'secretFolders' | 'vault'>,
  ) {
    this.connections = createConnections({ allow: configuration.httpAllow });
    this.secrets = createApiSecrets(configuration);
  }

  /** What is under way was cut short, and says nothing of its platform. */
  get isStopping(): boolean {
    return this.stopped.signal.aborted;
  }

  beforeApplicationShutdown(): void {
    this.stopped.abort();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.connections.close();
  }

  /**
   * Throws SluiceError of one of the codes of PLATFORM_PROBLEMS, without secrets, whatever the platform does, and
   * `integration-disabled`.
   */
  async run<T>(
    integration: IntegrationRow,
    work: (use: PlatformUse) => Promise<T>,
    limits: UseLimits = REQUEST_LIMITS,
  ): Promise<T> {
    requireActive(integration);
    return this.try(integration, work, limits);
  }

  /** The same of one that is disabled, too. */
  async try<T>(
    integration: IntegrationRow,
    work: (use: PlatformUse) => Promise<T>,
    { limitMs, patienceMs, signal = new AbortController().signal }: UseLimits = REQUEST_LIMITS,
  ): Promise<T> {
    const mask = createMask();
    const hide = (text: string) => mask.apply(text);
    const late = AbortSignal.timeout(limitMs);
    try {
      const platform = this.platforms.require(integration.platform);
      const connection = this.connections.open(toReached(integration), {
        signal: AbortSignal.any([late, signal, this.stopped.signal]),
        patienceMs,
        resolve: (reference) => this.secrets.resolve(reference, late),
        mask: (secret) => mask.add(secret),
        hide,
        waits: () => undefined,
      });
      return await work({ platform, client: platform.connect(connection), hide });
    } catch (error) {
      throw toPlatformProblem(error, hide);
    }
  }
}

/** Throws SluiceError `integration-disabled`. */
export function requireActive({ name, status }: Pick<IntegrationRow, 'name' | 'status'>): void {
  if (status === 'disabled')
    throw problemError('integration-disabled', `The integration ${name} is disabled.`);
}

function toReached(integration: IntegrationRow): Parameters<Connections['open']>[0] {
  const { id, baseUrl, auth, options, authorities, proxy, revision } = integration;
  return {
    id,
    baseUrl,
    auth,
    options,
    ...(authorities === null ? {} : { authorities }),
    ...(proxy === null ? {} : { proxy }),
    revision,
  };
}
