import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ADMIN_KEY_FILE } from '#contracts/rest/api-keys.js';
import type { Page } from '#contracts/rest/page.js';
import type { LogView, RunView, StepView } from '#contracts/rest/runs.js';
import { FINAL_RUN_STATUSES } from '#contracts/rest/runs.js';
import type { WorkflowView } from '#contracts/rest/workflows.js';
import type { JsonObject } from '#domain/json.js';
import { HIGH_RATES } from './access.js';
import { createTestDatabase, type TestDatabase } from './postgres.js';
import { TestProcess } from './process.js';
import { TestProcessGroup } from './process-group.js';
import { createTestNamespace, requireTemporalAddress } from './temporal.js';
import { countProcesses, takeTurns } from './twice.js';

export interface PlatformOptions {
  /** Servers of the test's own; the shared ones otherwise. */
  readonly temporalAddress?: string;
  readonly database?: TestDatabase;
  /** Processes of each program; requests go to the APIs in turn. */
  readonly processes?: number;
  readonly worker?: Readonly<Record<string, string>>;
  /** Command that starts a worker's Node. */
  readonly workerLauncher?: readonly string[];
  /** A port is the first one's. */
  readonly api?: Readonly<Record<string, string>>;
}

/** API and worker as real processes on a database and a namespace of their own. */
export class TestPlatform {
  private urls: readonly string[] = [];
  private readonly nextUrl = takeTurns(() => this.urls);
  /** The header by which the administrator gets in, who may speak for others by x-sluice-actor. */
  authorization = { authorization: '' };

  private constructor(
    readonly database: TestDatabase,
    readonly temporal: { readonly address: string; readonly namespace: string },
    readonly home: string,
    readonly api: TestProcessGroup,
    readonly worker: TestProcessGroup,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async start(options: PlatformOptions = {}): Promise<TestPlatform> {
    const address = options.temporalAddress ?? requireTemporalAddress();
    const database = options.database ?? (await createTestDatabase());
    const namespace = await createTestNamespace(address);
    const home = await mkdtemp(join(tmpdir(), 'sluice-test-'));
    const environment = {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      SLUICE_LOG_LEVEL: 'warn',
      SLUICE_HOME: home,
    };
    const numbers = Array.from({ length: countProcesses(options.processes) }, (_, index) => index + 1);
    const api = numbers.map(
      (number) =>
        new TestProcess('apps/api/main.js', {
          ...environment,
          ...HIGH_RATES,
          SLUICE_PORT: '0',
          ...options.api,
          ...(number === 1 ? {} : { SLUICE_PORT: '0' }),
        }),
    );
    const worker = numbers.map(
      (number) =>
        new TestProcess(
          'apps/worker/main.js',
          {
            ...environment,
            SLUICE_WORKER_HOME: join(home, number === 1 ? 'worker' : `worker-${number}`),
            ...options.worker,
          },
          options.workerLauncher,
        ),
    );
    const platform = new TestPlatform(
      database,
      { address, namespace },
      home,
      new TestProcessGroup(api),
      new TestProcessGroup(worker),
      environment,
    );
    await Promise.all([platform.startApi(), platform.worker.start()]);
    return platform;
  }

  async startApi(): Promise<void> {
    this.urls = (await this.api.start()).map(({ url }) => url!);
    this.authorization = { authorization: `Bearer ${await this.readAdminKey()}` };
  }

  /** One of several, after it was killed. */
  async startOneApi(index: number): Promise<void> {
    const { url } = await this.api.all[index]!.start();
    this.urls = this.urls.with(index, url!);
  }

  /** Of each API process in turn. */
  get url(): string {
    return this.nextUrl();
  }

  /** What the command line needs to know of it. */
  get commandLine(): { readonly SLUICE_URL: string; readonly SLUICE_HOME: string } {
    return { SLUICE_URL: this.url, SLUICE_HOME: this.home };
  }

  private async readAdminKey(): Promise<string> {
    return (await readFile(join(this.home, ADMIN_KEY_FILE), 'utf8')).trim();
  }

  /** One more worker, with a folder and so workspaces of its own. */
  createWorker(name: string, more: Readonly<Record<string, string>> = {}): TestProcess {
    return new TestProcess('apps/worker/main.js', {
      ...this.environment,
      SLUICE_WORKER_HOME: join(this.home, name),
      ...more,
    });
  }

  async request<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; headers: Headers; body: T }> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(headers['Authorization'] === undefined ? this.authorization : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const { status, headers: answered } = response;
    const text = await response.text();
    return { status, headers: answered, body: (text === '' ? undefined : JSON.parse(text)) as T };
  }

  /** Stores a definition. Throws with the findings where it is refused. */
  async save(definition: string): Promise<WorkflowView> {
    const saved = await this.request<WorkflowView>('POST', '/workflows', definition, {
      'content-type': 'application/yaml',
    });
    if (saved.status >= 300) throw new Error(JSON.stringify(saved.body, null, 2));
    return saved.body;
  }

  async saveExample(name: string): Promise<WorkflowView> {
    return this.save(await readFile(new URL(`../examples/${name}.yaml`, import.meta.url), 'utf8'));
  }

  async execute(
    workflow: string,
    inputs: JsonObject = {},
    headers: Record<string, string> = {},
  ): Promise<RunView> {
    const { status, body } = await this.request<RunView>(
      'POST',
      `/workflows/${workflow}/execute`,
      { inputs },
      headers,
    );
    if (status !== 202) throw new Error(`execute answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  async run(id: string): Promise<RunView> {
    return (await this.request<RunView>('GET', `/runs/${id}`)).body;
  }

  async steps(id: string): Promise<readonly StepView[]> {
    return (await this.request<Page<StepView>>('GET', `/runs/${id}/steps`)).body.items;
  }

  async logs(id: string): Promise<readonly LogView[]> {
    return (await this.request<Page<LogView>>('GET', `/runs/${id}/logs?limit=200`)).body.items;
  }

  /** The run after its end. The limit only keeps a broken test from hanging. */
  async waitForEnd(id: string, limitMs = 120_000): Promise<RunView> {
    return this.waitFor(id, (run) => FINAL_RUN_STATUSES.includes(run.status), limitMs);
  }

  async waitFor(
    id: string,
    condition: (run: RunView) => boolean | Promise<boolean>,
    limitMs = 120_000,
  ): Promise<RunView> {
    for (const end = Date.now() + limitMs; ; ) {
      const run = await this.run(id).catch(() => undefined);
      if (run !== undefined && (await condition(run))) return run;
      const over = run !== undefined && FINAL_RUN_STATUSES.includes(run.status);
      if (over || Date.now() > end) {
        const steps = await this.steps(id).catch(() => []);
        const open = steps.filter(({ status }) => ['running', 'waiting'].includes(status));
        throw new Error(
          `run ${id} did not come to it: ${JSON.stringify({ ...run, open })}\n${this.worker.printed}\n${this.api.printed}`,
        );
      }
      await sleep(100);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.worker.stop(), this.api.stop()]);
    await this.database.close();
    await rm(this.home, { recursive: true, force: true });
  }
}
