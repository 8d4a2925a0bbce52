import { isOver, type PipelineState } from '#contracts/cicd/execution.js';
import type { PlatformAuth } from '#contracts/cicd/integration.js';
import { type FakeExecution, FakeExecutions, type FakeJob } from './fake-executions.js';
import type { FakeLog } from './fake-log.js';
import type { FakePlatform, FakeTarget } from './fake-platform.js';
import { type FakeAnswer, type FakeRequest, startFakeServer } from './fake-server.js';

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.woodpecker-token-7f3a.c2lnbmF0dXJl';
const PROJECT = 'acme/app';
const REPOSITORY = 7;
const PERMISSION = 'push on the repository';
/** Of the job's steps, the one that has its log. */
const LOGGING = 1;
const NATIVE: Readonly<Record<PipelineState, string>> = {
  queued: 'pending',
  running: 'running',
  blocked: 'blocked',
  succeeded: 'success',
  unstable: 'success',
  failed: 'failure',
  canceled: 'killed',
  skipped: 'skipped',
};

export interface FakeWoodpecker extends FakePlatform {
  /** None of its workflows is for a start by the API: it answers, and starts nothing. */
  filterAll(): void;
  /** The repository has another number from now on. */
  renumber(): void;
  /** Its old name leads to it still. */
  rename(name: string): void;
}

/** Woodpecker's API as version 3 has it, with the repository `acme/app`. */
export async function startFakeWoodpecker(): Promise<FakeWoodpecker> {
  const woodpecker = new Woodpecker();
  const served = await startFakeServer((request) => woodpecker.answer(request));
  return Object.assign(woodpecker, {
    url: served.url,
    requests: served.requests,
    faults: served.faults,
    async close() {
      woodpecker.executions.close();
      await served.close();
    },
  });
}

class Woodpecker implements Omit<FakeWoodpecker, 'url' | 'requests' | 'faults' | 'close'> {
  readonly auth: PlatformAuth = { type: 'token', secret: 'vault:woodpecker/token' };
  readonly options = {};
  readonly secrets = { 'vault:woodpecker/token': TOKEN };
  readonly granted: readonly string[] = [];
  readonly webhookSecret = 'nothing-is-sent';
  readonly target: FakeTarget = { project: PROJECT, pipeline: '', ref: 'main' };
  readonly inputs = { REGION: 'eu-west', DRY: true };
  onWebhook: FakePlatform['onWebhook'];
  readonly executions = new FakeExecutions();
  /** Numbers of pipelines that were done again, by those that do. */
  private readonly parents = new Map<string, number>();
  private branches = ['main', 'next'];
  private repository = REPOSITORY;
  private name = PROJECT;
  private isThere = true;
  private mayPush = true;
  private filters = false;

  isTrigger({ method, path }: FakeRequest): boolean {
    return method === 'POST' && /^\/api\/repos\/\d+\/pipelines$/.test(path);
  }

  referenceOf(id: string) {
    return { project: this.name, pipeline: '', id: String(this.executions.require(id).number) };
  }

  removePipeline(): void {
    this.isThere = false;
  }

  renameBranch(): void {
    this.branches = ['trunk', 'next'];
  }

  withdrawPermission(): string {
    this.mayPush = false;
    return PERMISSION;
  }

  filterAll(): void {
    this.filters = true;
  }

  renumber(): void {
    this.repository += 1;
  }

  rename(name: string): void {
    this.name = name;
  }

  answer(request: FakeRequest): FakeAnswer {
    const { method, path, headers } = request;
    if (path === '/version') return { status: 200, json: { source: 'https://fake', version: '3.17.0' } };
    if (headers['authorization'] !== `Bearer ${TOKEN}`) return { status: 401 };
    if (path === '/api/user')
      return { status: 200, json: { id: 1, login: 'robot', email: 'robot@acme.example' } };
    if (path === '/api/user/repos') return { status: 200, json: this.isThere ? [this.describe()] : [] };
    if (!path.startsWith('/api/repos/')) return WEB_PAGE;
    const lookup = /^\/api\/repos\/lookup\/(.+)$/.exec(path)?.[1];
    const names = [PROJECT, this.name];
    if (lookup !== undefined && this.isThere && names.includes(decodeURIComponent(lookup)))
      return { status: 200, json: this.describe() };
    const [, id, below] = /^\/api\/repos\/(\d+)(.*)$/.exec(path) ?? [];
    if (id !== String(this.repository) || !this.isThere) return { status: 404 };
    if (method === 'POST') return this.mayPush ? this.post(below!, request) : { status: 404 };
    return this.read(below!, request);
  }

  private read(path: string, { query }: FakeRequest): FakeAnswer {
    const all = this.executions.list;
    if (path === '/permissions')
      return { status: 200, json: { pull: true, push: this.mayPush, admin: false } };
    if (path === '/branches') return { status: 200, json: pageOf(this.branches, query) };
    if (path === '/pipelines') {
      const found = all.filter((each) => fits(each, query)).toReversed();
      return { status: 200, json: pageOf(found, query).map((each) => this.describePipeline(each)) };
    }
    const pipeline = this.find(/^\/pipelines\/(\d+)$/.exec(path)?.[1]);
    if (pipeline !== undefined) {
      const workflows = pipeline.jobs.map(describeWorkflow);
      return { status: 200, json: { ...this.describePipeline(pipeline), workflows } };
    }
    const [, number, step] = /^\/logs\/(\d+)\/(\d+)$/.exec(path) ?? [];
    const job = this.find(number)?.jobs.find(({ id }) => id === step?.slice(0, -1));
    if (job === undefined) return { status: 404 };
    const type = { 'content-type': 'application/json; charset=utf-8' };
    const hasLog = step?.endsWith(String(LOGGING)) === true && job.log.size > 0;
    return hasLog ? { status: 200, headers: type, body: writeEntries(job.log) } : { status: 200, json: null };
  }

  private post(path: string, { body }: FakeRequest): FakeAnswer {
    if (path === '/pipelines') return this.start(JSON.parse(body));
    const [, number, cancel] = /^\/pipelines\/(\d+)(\/cancel)?$/.exec(path) ?? [];
    const pipeline = this.find(number);
    if (pipeline === undefined) return { status: 404 };
    if (cancel !== undefined) {
      if (this.executions.cancel(pipeline.id)) return { status: 204 };
      const words = 'Cannot cancel a non-running or non-pending or non-blocked pipeline';
      return { status: 400, headers: { 'content-type': 'text/plain' }, body: words };
    }
    const { pipeline: name, ref, inputs } = pipeline;
    const again = this.executions.start({ pipeline: name, ref, inputs });
    this.parents.set(again.id, pipeline.number);
    return { status: 200, json: this.describePipeline(again) };
  }

  private start({ branch, variables }: { branch?: string; variables?: Record<string, string> }): FakeAnswer {
    if (!this.branches.includes(branch ?? '')) return { status: 500 };
    if (this.filters) return { status: 204, headers: { 'pipeline-filtered': 'true' } };
    const inputs = variables ?? {};
    if (Object.values(inputs).some((value) => typeof value !== 'string')) return { status: 400 };
    const started = this.executions.start({ pipeline: '', ref: branch!, inputs });
    return { status: 200, json: this.describePipeline(started) };
  }

  private find(number: string | undefined): FakeExecution | undefined {
    return this.executions.list.find((each) => String(each.number) === number);
  }

  private describe() {
    const [owner, name] = this.name.split('/');
    return {
      id: this.repository,
      owner,
      name,
      full_name: this.name,
      forge_url: `https://forge.example/${this.name}`,
      default_branch: this.branches[0],
      config_file: '',
      active: true,
    };
  }

  private describePipeline(execution: FakeExecution) {
    const { id, number, state, ref, commit, trigger, inputs } = execution;
    return {
      id: Number(id),
      number,
      parent: this.parents.get(id) ?? 0,
      event: trigger === 'api' ? 'manual' : 'push',
      status: NATIVE[state],
      errors: null,
      author: 'robot',
      branch: ref,
      commit,
      message: `MANUAL PIPELINE @ ${ref}`,
      created: toSeconds(execution.createdAt),
      updated: toSeconds(execution.updatedAt),
      ...momentsOf(execution),
      // The server leaves out what is empty.
      ...(Object.keys(inputs).length === 0 ? {} : { variables: inputs }),
    };
  }
}

const WEB_PAGE = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>W</title>',
};

function describeWorkflow(job: FakeJob, index: number) {
  return {
    id: Number(job.id),
    pid: index + 1,
    name: job.name,
    state: NATIVE[job.state],
    platform: 'linux/amd64',
    ...momentsOf(job),
    children: job.steps.map(({ name, state }, step) => ({
      id: Number(`${job.id}${step}`),
      pid: step + 1,
      name,
      state: NATIVE[state],
      type: step === 0 ? 'clone' : 'commands',
      started: state === 'queued' || state === 'skipped' ? 0 : toSeconds(job.startedAt ?? job.createdAt),
      finished: isOver(state) ? toSeconds(job.endedAt ?? Date.now()) : 0,
    })),
  };
}

function momentsOf({ startedAt, endedAt }: Pick<FakeJob, 'startedAt' | 'endedAt'>) {
  return { started: toSeconds(startedAt), finished: toSeconds(endedAt) };
}

function toSeconds(ms: number | undefined): number {
  return ms === undefined ? 0 : Math.floor(ms / 1_000);
}

function fits({ trigger, ref, createdAt }: FakeExecution, query: URLSearchParams): boolean {
  const after = Date.parse(query.get('after') ?? '1970-01-01T00:00:00Z');
  const isOfEvent = trigger === 'api' || query.get('event') !== 'manual';
  return isOfEvent && ref === (query.get('branch') ?? ref) && toSeconds(createdAt) > toSeconds(after);
}

function pageOf<T>(all: readonly T[], query: URLSearchParams): readonly T[] {
  const size = Math.min(Number(query.get('perPage') ?? 50), 50);
  const from = (Number(query.get('page') ?? 1) - 1) * size;
  return all.slice(from, from + size);
}

/** The lines of a log as a list in JSON, however long it is. */
async function* writeEntries(log: FakeLog): AsyncGenerator<Uint8Array> {
  let line = 0;
  let rest = '';
  const write = (text: string) => {
    line += 1;
    const data = Buffer.from(text, 'latin1').toString('base64');
    const entry = `{"id":${line},"step_id":1,"time":${line},"line":${line - 1},"data":"${data}","type":0}`;
    return `${line === 1 ? '[' : ','}${entry}`;
  };
  for await (const part of log.read()) {
    const lines = (rest + Buffer.from(part).toString('latin1')).split('\n');
    rest = lines.pop()!;
    yield Buffer.from(lines.map(write).join(''));
  }
  yield Buffer.from(`${rest === '' ? '' : write(rest)}]`);
}
