import type { IntegrationSettings } from '#contracts/cicd/integration.js';
import { createMask } from '../../secrets/mask.js';
import type { Connection } from '../connection.js';
import { type Connections, createConnections } from '../connections.js';
import type { FakePlatform } from './fake-platform.js';

/** A use of a fake, with what was made of it. */
export interface TestedConnection {
  readonly connection: Connection;
  /** Waits that were told: reasons. */
  readonly waited: string[];
  /** Hides what the connection was told to hide. */
  hide(text: string): string;
  close(): Promise<void>;
}

type Way = Partial<
  Pick<IntegrationSettings, 'baseUrl' | 'auth' | 'options' | 'authorities' | 'proxy' | 'revision'> &
    Pick<Connection, 'patienceMs' | 'signal'>
> & { readonly connections?: Connections; readonly secrets?: Readonly<Record<string, string>> };

/** As a worker would reach the fake, secrets from `fake.secrets`; uses with the same `connections` share what is kept. */
export function connectTo(
  fake: Pick<FakePlatform, 'url' | 'auth' | 'options' | 'secrets'>,
  way: Way = {},
): TestedConnection {
  const connections = way.connections ?? createConnections({ allow: ['127.0.0.1'] });
  const secrets = way.secrets ?? fake.secrets;
  const mask = createMask();
  const waited: string[] = [];
  const connection = connections.open(
    {
      id: 'tested',
      revision: way.revision ?? 1,
      baseUrl: way.baseUrl ?? fake.url,
      auth: way.auth ?? fake.auth,
      options: way.options ?? fake.options,
      ...(way.authorities === undefined ? {} : { authorities: way.authorities }),
      ...(way.proxy === undefined ? {} : { proxy: way.proxy }),
    },
    {
      signal: way.signal ?? new AbortController().signal,
      patienceMs: way.patienceMs ?? 10_000,
      async resolve(reference) {
        const secret = Object.hasOwn(secrets, reference) ? secrets[reference] : undefined;
        if (secret === undefined) throw new Error(`no secret ${reference}`);
        return secret;
      },
      mask: (secret) => mask.add(secret),
      hide: (text) => mask.apply(text),
      waits: (reason) => waited.push(reason),
    },
  );
  return { connection, waited, hide: (text) => mask.apply(text), close: () => connections.close() };
}
