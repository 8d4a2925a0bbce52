import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FakeGitHub, startFakeGitHub } from '#connectors/cicd/testing/fake-github.js';
import type { SignedRequest } from '#connectors/webhooks/verify-signature.js';
import { type BenchServer, startApi } from '../api/server.js';
import type { Laboratory } from '../laboratory/laboratory.js';
import { type Program, startProgram } from '../laboratory/program.js';

/** An API and one worker, as they are started by hand, and a platform of CI/CD whose pipelines they run. */
export interface PipelinePlatform {
  readonly fake: FakeGitHub;
  readonly worker: Program;
  /** Starts so many runs of one step each, which runs a pipeline. */
  startRuns(count: number): Promise<readonly string[]>;
  /** From now on the platform's events are brought to the API. */
  connectHook(): Promise<void>;
  /** Ends the worker and starts another. */
  renewWorker(): Promise<void>;
  stop(): Promise<void>;
}

const ROOT = new URL('../../', import.meta.url);
/** Runs that are being started at once. */
const STARTING = 10;
const TOKEN = 'SLUICE_SECRET_BENCH_TOKEN';
const HOOK = 'SLUICE_SECRET_BENCH_HOOK';

const DEFINITION = `
sluice: 1
name: bench-pipeline
stages:
  build:
    steps:
      pipeline:
        uses: pipeline/run
        timeout: 30m
        with: { integration: bench, project: acme/app, pipeline: build.yml, ref: main, logs: all }
`;

export async function startPlatform(laboratory: Laboratory): Promise<PipelinePlatform> {
  const fake = await startFakeGitHub();
  const settings = {
    SLUICE_HTTP_ALLOW: '127.0.0.1',
    [TOKEN]: tokenOf(fake),
    [HOOK]: fake.webhookSecret,
  };
  const api = await startApi(laboratory, laboratory.databaseUrl, settings);
  const startWorker = () =>
    startProgram(fileURLToPath(new URL('apps/worker/main.js', ROOT)), {
      DATABASE_URL: laboratory.databaseUrl,
      TEMPORAL_ADDRESS: laboratory.temporalAddress,
      SLUICE_HOME: join(laboratory.home, 'api'),
      SLUICE_LOG_LEVEL: 'warn',
      ...settings,
    });
  let worker = await startWorker();
  const auth = { type: 'token', secret: `env:${TOKEN}` };
  const integration = { name: 'bench', platform: 'github', baseUrl: fake.url, auth, options: fake.options };
  await ask(api, 'POST', '/integrations', integration);
  await ask(api, 'POST', '/workflows', DEFINITION);
  return {
    fake,
    get worker() {
      return worker;
    },
    async startRuns(count) {
      const ids: string[] = [];
      while (ids.length < count) {
        const few = Math.min(STARTING, count - ids.length);
        const started = Array.from({ length: few }, () =>
          ask<{ id: string }>(api, 'POST', '/workflows/bench-pipeline/execute', { inputs: {} }),
        );
        ids.push(...(await Promise.all(started)).map(({ id }) => id));
      }
      return ids;
    },
    async connectHook() {
      const secret = `env:${HOOK}`;
      const answer = await ask<HookAnswer>(api, 'POST', '/integrations/bench/hook', { secret });
      fake.onWebhook = (delivery) => void bring(api.url + answer.hook.path, delivery);
    },
    async renewWorker() {
      await worker.stop();
      worker = await startWorker();
    },
    async stop() {
      await worker.stop();
      await api.stop();
      await fake.close();
    },
  };
}

interface HookAnswer {
  readonly hook: { readonly path: string };
}

export function tokenOf({ secrets }: FakeGitHub): string {
  return Object.values(secrets)[0]!;
}

/** Brings an event, and returns once it is answered. What is not taken breaks the bench. */
export async function bring(url: string, { headers, body }: SignedRequest): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: Object.fromEntries(headers),
    body: Buffer.from(body),
  });
  if (answer.status !== 202) throw new Error(`an event was answered with ${answer.status}`);
  await answer.arrayBuffer();
}

async function ask<T>(api: BenchServer, method: string, path: string, body: object | string): Promise<T> {
  const type = typeof body === 'string' ? 'application/yaml' : 'application/json';
  const answer = await fetch(`${api.url}/api/v1${path}`, {
    method,
    headers: { ...api.headers, 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
