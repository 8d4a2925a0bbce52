import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import type { Platforms } from '#connectors/cicd/platforms.js';
import { createDataSource } from '#persistence/data-source.js';
import { PostgresRunRecorder } from '#persistence/run-recorder.js';
import { readConfiguration } from '../../../apps/api/configuration.js';
import { createApi } from '../../../apps/api/create-api.js';
import { createTestKey, createTestMember, HIGH_RATES } from '../../access.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { countProcesses, takeTurns } from '../../twice.js';
import { FakeGateway } from './fake-gateway.js';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Of whatever shape the test expects. */
  readonly body: ReturnType<typeof JSON.parse>;
}

/** The control plane on a port of its own, with a database of its own. */
export interface ApiFixture {
  /** The first, where there are several. */
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly gateway: FakeGateway;
  readonly recorder: PostgresRunRecorder;
  /** Of each process in turn. */
  readonly url: string;
  /** The header by which the administrator gets in, who may speak for others by x-sluice-actor. */
  readonly authorization: { readonly authorization: string };
  /** What was logged, one object a line. */
  readonly log: readonly Record<string, unknown>[];
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  remove(path: string, headers?: Record<string, string>): Promise<Answer>;
  save(definition: string): Promise<Answer>;
  close(): Promise<void>;
}

export const HELLO = `
sluice: 1
name: hello
description: Says hello.
inputs:
  who: { type: string, default: world }
stages:
  greet:
    steps:
      say: { set: { text: "hello \${{ inputs.who }}" } }
      each:
        forEach: { in: [1, 2, 3], as: n }
        steps:
          echo: { set: { n: "\${{ n }}" } }
`;

/**
 * With these settings beside those that a test needs, and these people with their roles. Requests are the
 * administrator's, except those with an `authorization` of their own: an empty one sends none. As far as requests can
 * tell there are so many processes. `platforms` are those of CI/CD in place of the usual ones.
 */
export async function createApiFixture(
  settings: Readonly<Record<string, string>> = {},
  people: Readonly<Record<string, readonly string[]>> = {},
  processes = countProcesses(),
  platforms?: Platforms,
): Promise<ApiFixture> {
  const database = await createTestDatabase({ poolSize: 20 });
  const gateway = new FakeGateway();
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const configuration = readConfiguration({
    DATABASE_URL: database.url,
    SLUICE_PORT: '0',
    SLUICE_RECONCILE_MS: '3600000',
    SLUICE_PLATFORM_CHECK_MS: '36000000',
    SLUICE_PLATFORM_SYNC_MS: '36000000',
    ...HIGH_RATES,
    ...settings,
  });
  const stores = [database.dataSource];
  while (stores.length < processes)
    stores.push(await createDataSource(database.url, { poolSize: 10 }).initialize());
  const apps: NestFastifyApplication[] = [];
  for (const dataSource of stores) {
    const app = await createApi({
      configuration,
      dataSource,
      gateway,
      logger,
      ...(platforms === undefined ? {} : { platforms }),
    });
    await app.listen(0, '127.0.0.1');
    apps.push(app);
  }
  const urls = await Promise.all(apps.map((app) => app.getUrl()));
  const nextUrl = takeTurns(() => urls);
  const key = await createTestKey(database.dataSource, { speaksForOthers: true });
  const authorization = { authorization: `Bearer ${key}` };
  for (const [name, roles] of Object.entries(people)) {
    await createTestMember(database.dataSource, name, roles);
  }
  const send = (path: string, method: string, body: string | undefined, headers: Record<string, string>) =>
    ask(nextUrl() + path, method, body, withAuthorization({ ...authorization, ...headers }));
  const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(path, 'POST', typeof body === 'string' || body === undefined ? body : JSON.stringify(body), {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    });
  return {
    app: apps[0]!,
    database,
    gateway,
    recorder: new PostgresRunRecorder(database.dataSource),
    get url() {
      return nextUrl();
    },
    authorization,
    log,
    get: (path, headers = {}) => send(path, 'GET', undefined, headers),
    post,
    put: (path, body, headers = {}) =>
      send(path, 'PUT', JSON.stringify(body), { 'content-type': 'application/json', ...headers }),
    patch: (path, body, headers = {}) =>
      send(path, 'PATCH', JSON.stringify(body), { 'content-type': 'application/json', ...headers }),
    remove: (path, headers = {}) => send(path, 'DELETE', undefined, headers),
    save: (definition) => post('/api/v1/workflows', definition, { 'content-type': 'application/yaml' }),
    close: async () => {
      for (const app of apps) await app.close();
      for (const store of stores.slice(1)) await store.destroy();
      await database.close();
    },
  };
}

/** An empty one is none. */
function withAuthorization({
  authorization = '',
  ...others
}: Record<string, string>): Record<string, string> {
  return authorization === '' ? others : { ...others, authorization };
}

async function ask(
  url: string,
  method: string,
  body: string | undefined,
  headers: Record<string, string>,
): Promise<Answer> {
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  const json = /json\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
}

/** Asks until it holds; fails when that takes more than 10 s. */
export async function eventually<T>(ask: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await ask();
    if (holds(value)) return value;
    if (tries === 500) throw new Error(`still ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
