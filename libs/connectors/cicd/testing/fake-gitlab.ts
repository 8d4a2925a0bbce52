import { isOver } from '#contracts/cicd/execution.js';
import type { PlatformAuth } from '#contracts/cicd/integration.js';
import { type FakeExecution, FakeExecutions, type FakeJob } from './fake-executions.js';
import type { FakePlatform, FakeTarget } from './fake-platform.js';
import { type FakeAnswer, type FakeRequest, startFakeServer } from './fake-server.js';
import { deliver, SIGNING_TOKEN } from './gitlab-delivery.js';
import {
  hookOf,
  jobOf,
  nativeOf,
  PARENT,
  PATH,
  PROJECT,
  pipelineOf,
  projectOf,
  sourceOf,
} from './gitlab-shapes.js';
import { checkStart, type WantedStart } from './gitlab-start.js';

const TOKEN = 'glpat-3xQm9vTz2Kd7Lw5Rb8Yn';
const SECRET = 'vault:gitlab/token';

export interface FakeGitLab extends FakePlatform {
  /** What of the world is otherwise than usual. */
  readonly manner: FakeManner;
  /** A child pipeline of an execution. */
  addChild(id: string): FakeExecution;
}

interface FakeManner {
  /** Nobody may set variables of a pipeline. */
  refusesVariables: boolean;
  /** The text of the CI file; undefined: there is none. */
  ciFile: string | undefined;
  /** Path of the CI file, as the project's settings have it. */
  ciPath: string | null;
}

/** GitLab with the project `acme/tools/app`, whose pipeline takes inputs and variables. */
export async function startFakeGitLab(): Promise<FakeGitLab> {
  const gitlab = new GitLab();
  const served = await startFakeServer((request) => gitlab.answer(request));
  gitlab.root = served.url;
  return Object.assign(gitlab, {
    url: served.url,
    requests: served.requests,
    faults: served.faults,
    async close() {
      gitlab.executions.close();
      await served.close();
    },
  });
}

const CI_FILE = `spec:
  inputs:
    environment:
      description: Where to
      options: [staging, production]
      default: staging
    replicas: { type: number, default: 1 }
---
variables:
  GREETING: { value: hello, description: What it says }
build: { script: make }
test: { script: make test }
`;

class GitLab implements Omit<FakeGitLab, 'url' | 'requests' | 'faults' | 'close'> {
  readonly auth: PlatformAuth = { type: 'token', secret: SECRET };
  readonly options = {};
  readonly secrets = { [SECRET]: TOKEN };
  readonly granted: readonly string[] = [];
  readonly webhookSecret = SIGNING_TOKEN;
  readonly target: FakeTarget = { project: PATH, pipeline: '', ref: 'main' };
  readonly inputs = { environment: 'production', replicas: 3, GREETING: 'hi there' };
  readonly wrongInputs = [
    [{ environment: 'moon' }, 'environment'],
    [{ replicas: 'many' }, 'replicas'],
    [{ 'no-such-input': 'x' }, 'no-such-input'],
  ] as const;
  readonly manner: FakeManner = { refusesVariables: false, ciFile: CI_FILE, ciPath: null };
  readonly countsNoAttempts = true;
  onWebhook: FakePlatform['onWebhook'];
  readonly executions = new FakeExecutions();
  root = '';
  private branches = ['main', 'next'];
  private isGone = false;
  private isForbidden = false;
  private readonly children = new Map<string, FakeExecution[]>();
  /** Of all attempts, in the order in which they came. */
  private readonly jobs = new Map<string, FakeJob[]>();
  private deliveries = 0;

  constructor() {
    this.executions.onChange((execution) => {
      const known = this.jobs.get(execution.id) ?? [];
      this.jobs.set(execution.id, [...known, ...execution.jobs.filter((job) => !known.includes(job))]);
      this.notify(execution);
    });
  }

  isTrigger({ method, path }: FakeRequest): boolean {
    return method === 'POST' && path.endsWith('/pipeline');
  }

  referenceOf(id: string) {
    return { project: PATH, pipeline: '', id };
  }

  removePipeline(): void {
    this.isGone = true;
  }

  renameBranch(): void {
    this.branches = this.branches.map((name) => (name === 'main' ? 'trunk' : name));
  }

  withdrawPermission(): string {
    this.isForbidden = true;
    return 'the scope api';
  }

  addChild(id: string): FakeExecution {
    const { ref } = this.executions.require(id);
    const child = this.executions.start({ pipeline: '', ref, inputs: { [PARENT]: id } });
    this.children.set(id, [...(this.children.get(id) ?? []), child]);
    return child;
  }

  answer(request: FakeRequest): FakeAnswer {
    if (request.headers['private-token'] !== TOKEN) return told(401, '401 Unauthorized');
    const path = request.path.replace(/^\/api\/v4/, '');
    if (path === request.path) return { status: 404, body: 'Not Found' };
    if (path === '/personal_access_tokens/self')
      return { status: 200, json: { id: 1, scopes: [this.isForbidden ? 'read_user' : 'api'], active: true } };
    if (path === '/user') return { status: 200, json: { id: 4, username: 'robot', name: 'Robot' } };
    if (path === '/version') return { status: 200, json: { version: '18.5.1-ee', revision: 'abc' } };
    if (this.isForbidden) {
      const scope = request.method === 'GET' ? 'api read_api' : 'api';
      return { status: 403, json: { error: 'insufficient_scope', scope } };
    }
    if (path === '/projects') return this.listProjects(request);
    const [, project = '', rest = ''] = /^\/projects\/([^/]+)(.*)$/.exec(path) ?? [];
    const isKnown = [PATH, String(PROJECT)].includes(decodeURIComponent(project));
    if (!isKnown || this.isGone) return told(404, '404 Project Not Found');
    return this.answerProject(request, rest);
  }

  private answerProject(request: FakeRequest, path: string): FakeAnswer {
    if (path === '')
      return { status: 200, json: { ...projectOf(this.root), ci_config_path: this.manner.ciPath } };
    if (path === '/repository/branches') return this.listBranches(request);
    if (path.startsWith('/repository/files/')) return this.readFile(request);
    if (path === '/pipeline' && request.method === 'POST') return this.start(request);
    if (path === '/pipelines') return this.listPipelines(request);
    const [, id = '', part = ''] = /^\/pipelines\/(\d+)(.*)$/.exec(path) ?? [];
    const execution = this.executions.find(id);
    if (execution !== undefined) return this.answerPipeline(request, execution, part);
    const [, jobId = '', jobPart = ''] = /^\/jobs\/(\d+)(.*)$/.exec(path) ?? [];
    for (const [owner, jobs] of this.jobs) {
      const job = jobs.find((each) => each.id === jobId);
      if (job !== undefined) return this.answerJob(job, this.executions.require(owner), jobPart);
    }
    return told(404, '404 Not found');
  }

  private start(request: FakeRequest): FakeAnswer {
    const wanted = JSON.parse(request.body) as WantedStart;
    const { refusesVariables } = this.manner;
    const problem = checkStart(wanted, { branches: this.branches, refusesVariables });
    if (problem !== undefined) return { status: 400, json: { message: { base: [problem] } } };
    const variables = (wanted.variables ?? []).map(({ key, value }) => [key, value]);
    const inputs = { ...wanted.inputs, ...Object.fromEntries(variables) };
    const execution = this.executions.start({ pipeline: '', ref: wanted.ref, inputs });
    return { status: 201, json: { ...pipelineOf(execution, this.root, true), status: 'created' } };
  }

  private listPipelines(request: FakeRequest): FakeAnswer {
    const { query } = request;
    const after = (name: string) => Date.parse(query.get(name) ?? '') || 0;
    const fitting = this.executions.list.filter(
      (each) =>
        [null, each.ref].includes(query.get('ref')) &&
        (query.get('source') ?? sourceOf(each)) === sourceOf(each) &&
        (query.has('source') || sourceOf(each) !== 'parent_pipeline') &&
        each.createdAt >= after('created_after') &&
        each.updatedAt >= after('updated_after'),
    );
    return this.page(
      request,
      fitting.toReversed().map((each) => pipelineOf(each, this.root, false)),
      'page',
    );
  }

  private answerPipeline(request: FakeRequest, execution: FakeExecution, part: string): FakeAnswer {
    const { id } = execution;
    const whole = () => pipelineOf(execution, this.root, true);
    if (part === '') return { status: 200, json: whole() };
    if (part === '/variables') {
      const variables = Object.entries(execution.inputs).filter(
        ([key]) => !['environment', 'replicas'].includes(key),
      );
      return {
        status: 200,
        json: variables.map(([key, value]) => ({ key, value: String(value), variable_type: 'env_var' })),
      };
    }
    if (part === '/jobs') {
      const all =
        request.query.get('include_retried') === 'true' ? (this.jobs.get(id) ?? []) : execution.jobs;
      return this.page(
        request,
        all.toReversed().map((job) => jobOf(job, execution, this.root)),
        'page',
      );
    }
    if (part === '/bridges') return this.page(request, this.bridgesOf(execution), 'page');
    if (request.method !== 'POST') return told(404, '404 Not Found');
    if (part === '/cancel') {
      for (const each of [execution, ...(this.children.get(id) ?? [])]) this.executions.cancel(each.id);
      return { status: 200, json: whole() };
    }
    if (part !== '/retry') return told(404, '404 Not Found');
    if (isOver(execution.state) && execution.state !== 'succeeded') this.executions.retry(id, 'failed');
    return { status: 201, json: whole() };
  }

  private bridgesOf(execution: FakeExecution) {
    return (this.children.get(execution.id) ?? []).map((child, index) => ({
      ...jobOf(execution.jobs[0]!, execution, this.root),
      id: 800_000 + Number(child.id),
      name: `child-${index}`,
      status: nativeOf(child.state),
      downstream_pipeline: { ...pipelineOf(child, this.root, false) },
    }));
  }

  private answerJob(job: FakeJob, execution: FakeExecution, part: string): FakeAnswer {
    if (part === '') return { status: 200, json: jobOf(job, execution, this.root) };
    if (part === '/trace')
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: job.log.read() };
    const artifact = execution.artifacts[execution.jobs.indexOf(job)];
    if (part !== '/artifacts' || artifact === undefined || artifact.expired)
      return told(404, '404 Not Found');
    return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: artifact.bytes };
  }

  private listProjects(request: FakeRequest): FakeAnswer {
    const isWanted = PATH.includes((request.query.get('search') ?? '').toLowerCase());
    return this.page(request, this.isGone || !isWanted ? [] : [projectOf(this.root)], 'page');
  }

  private listBranches(request: FakeRequest): FakeAnswer {
    const text = (request.query.get('search') ?? '').toLowerCase();
    const found = this.branches.filter((name) => name.includes(text));
    const items = found.map((name) => ({ name, commit: { id: 'b'.repeat(40) }, default: name === 'main' }));
    return this.page(request, items, 'page_token');
  }

  private readFile({ path, query }: FakeRequest): FakeAnswer {
    const isThere = [...this.branches, 'HEAD'].includes(query.get('ref') ?? '');
    const name = decodeURIComponent(/files\/([^/]+)\/raw$/.exec(path)?.[1] ?? '');
    const { ciFile, ciPath } = this.manner;
    if (!isThere) return told(404, '404 Commit Not Found');
    if (ciFile === undefined || name !== (ciPath ?? '.gitlab-ci.yml')) return told(404, '404 File Not Found');
    return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: ciFile };
  }

  /** Where the next page begins is a number here, whatever it is called. */
  private page({ query, path }: FakeRequest, items: readonly unknown[], begin: string): FakeAnswer {
    const size = Number(query.get('per_page') ?? 20);
    const from = Number(query.get(begin) ?? 1);
    const rest = items.slice((from - 1) * size);
    const next = new URLSearchParams(query);
    next.set(begin, String(from + 1));
    const link = `<${this.root}${path}?${next}>; rel="next", <${this.root}${path}>; rel="first"`;
    return {
      status: 200,
      headers: rest.length > size ? { link } : {},
      json: rest.slice(0, size),
    };
  }

  private notify(execution: FakeExecution): void {
    if (this.onWebhook === undefined) return;
    this.deliveries += 1;
    this.onWebhook(deliver(hookOf(execution, this.root), `delivery-${this.deliveries}`));
  }
}

function told(status: number, message: string): FakeAnswer {
  return { status, json: { message } };
}
