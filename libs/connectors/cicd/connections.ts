import type { IntegrationSettings } from '#contracts/cicd/integration.js';
import type { Resolve } from '../http/pinned-lookup.js';
import { createSafeClient, type SafeClient } from '../http/safe-client.js';
import type { Connection } from './connection.js';

interface ConnectionsOptions {
  /** Addresses, CIDR ranges and host names beyond the public internet that may be reached. */
  readonly allow: readonly string[];
  /** How names become addresses; the system's way when absent. */
  readonly resolve?: Resolve;
}

/** What is reached; of one that is only being tried, `id` is its own. */
type Reached = Omit<IntegrationSettings, 'name' | 'platform' | 'status'>;

/** One use of an integration: an attempt of a step, a request, a look at its health. */
interface Use extends Pick<Connection, 'signal' | 'patienceMs' | 'resolve' | 'mask' | 'hide' | 'waits'> {
  /** Told before each request leaves that may change something; what it throws keeps that here. */
  leaves?(): Promise<void>;
}

export interface Connections {
  open(integration: Reached, use: Use): Connection;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** Pairs of proxy and authorities; what is thrown out ends by itself when its connections are idle. */
const MOST_CLIENTS = 100;
const MOST_MEMORIES = 1_000;

/**
 * Connections of all integrations of one process. Those with the same proxy and authorities share a client; what a platform
 * gave (tokens, sessions, limits) is kept for each revision of an integration.
 */
export function createConnections(options: ConnectionsOptions): Connections {
  const clients = new Recent<SafeClient>(MOST_CLIENTS);
  const memories = new Recent<Map<string, unknown>>(MOST_MEMORIES);
  return {
    open(integration, use) {
      const { baseUrl, auth, proxy, authorities, id, revision } = integration;
      const way = {
        ...(proxy === undefined ? {} : { proxy }),
        ...(authorities === undefined ? {} : { authorities }),
      };
      const client = () =>
        clients.take(JSON.stringify([proxy, authorities]), () => createSafeClient({ ...options, ...way }));
      return {
        baseUrl,
        auth,
        options: integration.options,
        signal: use.signal,
        patienceMs: use.patienceMs,
        resolve: (reference) => use.resolve(reference),
        mask: (secret) => use.mask(secret),
        hide: (text) => use.hide(text),
        waits: (reason, ms) => use.waits(reason, ms),
        async send(request) {
          if (request.method !== 'GET') await use.leaves?.();
          return client().send({ ...request, signal: use.signal });
        },
        stream: async (request) => client().stream({ ...request, signal: use.signal }),
        memory: memories.take(JSON.stringify([id, revision]), () => new Map()),
      };
    },
    async close() {
      await Promise.all(clients.values.map((client) => client.close()));
    },
  };
}

/** The values that were taken last. */
class Recent<T> {
  private readonly known = new Map<string, T>();

  constructor(private readonly most: number) {}

  get values(): readonly T[] {
    return [...this.known.values()];
  }

  take(key: string, create: () => T): T {
    const value = this.known.get(key) ?? create();
    this.known.delete(key);
    this.known.set(key, value);
    if (this.known.size > this.most) this.known.delete(this.known.keys().next().value!);
    return value;
  }
}
