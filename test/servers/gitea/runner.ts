import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { uploadArtifact } from './artifact-upload.js';
import type { Gitea } from './gitea.js';

const POLL_MS = 100;
const LABELS = ['ubuntu-latest'];

/** What Gitea gives to a runner: one job, as a workflow of its own. */
interface Task {
  readonly id: string;
  /** YAML in base64. */
  readonly workflowPayload: string;
  readonly context: TaskContext;
}

interface TaskContext {
  readonly run_id: string;
  readonly gitea_runtime_token: string;
  readonly event: { readonly inputs?: Readonly<Record<string, string>> };
}

interface StepWords {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

type Result = 'RESULT_UNSPECIFIED' | 'RESULT_SUCCESS' | 'RESULT_FAILURE' | 'RESULT_SKIPPED';

interface StepState {
  readonly id: number;
  result: Result;
  startedAt?: string;
  stoppedAt?: string;
  logIndex: number;
  logLength: number;
}

/**
 * Executes the jobs of a Gitea one after the other in temporary folders: steps of `run:` by bash, those of
 * `actions/upload-artifact` by itself. By the runner protocol, Connect RPC in JSON; integers are texts in it.
 */
export class GiteaRunner {
  private readonly ended = new AbortController();
  private work: Promise<void> = Promise.resolve();

  private constructor(
    private readonly gitea: Gitea,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  static async start(gitea: Gitea): Promise<GiteaRunner> {
    const token = await gitea.createRegistrationToken();
    const { runner } = await call<{ runner: { uuid: string; token: string } }>(gitea, 'Register', {
      name: 'runner',
      token,
      labels: LABELS,
      version: '1',
    });
    const started = new GiteaRunner(gitea, { 'x-runner-uuid': runner.uuid, 'x-runner-token': runner.token });
    await started.call('Declare', { version: '1', labels: LABELS });
    started.work = started.loop();
    return started;
  }

  /** Throws what kept it from working. */
  async close(): Promise<void> {
    this.ended.abort();
    await this.work;
  }

  private async loop(): Promise<void> {
    while (!this.ended.signal.aborted) {
      // With version 0 Gitea looks whether there is a job in any case.
      const { task } = await this.call<{ task?: Task }>('FetchTask', { tasksVersion: '0' });
      if (task !== undefined) await new JobRun(this, this.gitea, task, this.ended.signal).execute();
      else await sleep(POLL_MS, undefined, { signal: this.ended.signal }).catch(() => undefined);
    }
  }

  call<T>(method: string, body: object): Promise<T> {
    return call<T>(this.gitea, method, body, this.headers);
  }
}

class JobRun {
  private readonly startedAt = new Date().toISOString();
  private lines = 0;
  private steps: StepState[] = [];

  constructor(
    private readonly runner: GiteaRunner,
    private readonly gitea: Gitea,
    private readonly task: Task,
    private readonly signal: AbortSignal,
  ) {}

  async execute(): Promise<void> {
    const workflow = parse(Buffer.from(this.task.workflowPayload, 'base64').toString('utf8'));
    const [job] = Object.values<{ steps: readonly StepWords[] }>(workflow.jobs);
    this.steps = job!.steps.map((_, id) => ({ id, result: 'RESULT_UNSPECIFIED', logIndex: 0, logLength: 0 }));
    const folder = await mkdtemp(join(tmpdir(), 'job-'));
    let result: Result = 'RESULT_SUCCESS';
    for (const [index, words] of job!.steps.entries()) {
      if (result === 'RESULT_SUCCESS') result = await this.executeStep(this.steps[index]!, words, folder);
      else this.steps[index]!.result = 'RESULT_SKIPPED';
    }
    await this.log([], true);
    await this.update(result, new Date().toISOString());
    await rm(folder, { recursive: true, force: true });
  }

  private async executeStep(state: StepState, words: StepWords, folder: string): Promise<Result> {
    state.startedAt = new Date().toISOString();
    state.logIndex = this.lines;
    await this.update('RESULT_UNSPECIFIED');
    const succeeded =
      words.uses?.startsWith('actions/upload-artifact@') === true
        ? await this.upload(words.with ?? {}, folder)
        : await this.runShell(this.interpolate(words.run ?? ''), folder);
    state.stoppedAt = new Date().toISOString();
    state.logLength = this.lines - state.logIndex;
    state.result = succeeded ? 'RESULT_SUCCESS' : 'RESULT_FAILURE';
    return state.result;
  }

  /** Each line is told at once. */
  private async runShell(script: string, folder: string): Promise<boolean> {
    const child = spawn('bash', ['-e', '-c', `exec 2>&1\n${script}`], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
      signal: this.signal,
      killSignal: 'SIGKILL',
    });
    const code = new Promise((resolve) => {
      child.once('error', () => resolve(undefined)).once('close', resolve);
    });
    for await (const line of createInterface(child.stdout)) await this.log([line]);
    return (await code) === 0;
  }

  private async upload({ name = 'artifact', path = '' }: Readonly<Record<string, string>>, folder: string) {
    const { run_id: run, gitea_runtime_token: token } = this.task.context;
    const content = await readFile(join(folder, path));
    await uploadArtifact({ url: this.gitea.url, token, run }, name, { [path]: content });
    await this.log([`Artifact ${name} has been uploaded`]);
    return true;
  }

  private interpolate(script: string): string {
    const inputs = this.task.context.event.inputs ?? {};
    return script.replaceAll(/\$\{\{\s*inputs\.(\w+)\s*\}\}/g, (_, name: string) => inputs[name] ?? '');
  }

  private async log(lines: readonly string[], noMore = false): Promise<void> {
    const rows = lines.map((content) => ({ time: new Date().toISOString(), content }));
    const body = { taskId: this.task.id, index: String(this.lines), rows, noMore };
    await this.runner.call('UpdateLog', body);
    this.lines += lines.length;
  }

  private async update(result: Result, stoppedAt?: string): Promise<void> {
    const steps = this.steps.map((step) => ({
      ...step,
      id: String(step.id),
      logIndex: String(step.logIndex),
      logLength: String(step.logLength),
    }));
    const state = { id: this.task.id, result, startedAt: this.startedAt, stoppedAt, steps };
    await this.runner.call('UpdateTask', { state, outputs: {} });
  }
}

async function call<T>(
  gitea: Gitea,
  method: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<T> {
  const response = await fetch(`${gitea.url}/api/actions/runner.v1.RunnerService/${method}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}
