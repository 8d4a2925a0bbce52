import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { decodeJwt, jwtVerify } from 'jose';
import type { PlatformAuth } from '#contracts/cicd/integration.js';
import type { SignedRequest } from '../../webhooks/verify-signature.js';
import { type FakeExecution, FakeExecutions } from './fake-executions.js';
import { writeJob, writeRun } from './fake-github-shapes.js';
import type { FakePlatform } from './fake-platform.js';
import { type FakeAnswer, type FakeRequest, startFakeServer } from './fake-server.js';

interface Manner {
  /** Whether a start answers with the number of its run; else with nothing, as older servers. */
  readonly tellsRun?: boolean;
  /** Whether the field that asks for the number is refused, as by servers that do not know it. */
  readonly refusesAsking?: boolean;
  /** As an app: the token is got by a JWT, and lives so long. */
  readonly app?: { readonly tokenLifeMs: number };
  readonly gitea?: boolean;
  /** Items of a page. */
  readonly pageSize?: number;
}

const PROJECT = 'acme/app';
const TOKEN = 'ghp_fakeTokenOfGitHub0123456789abcdef';
const WEBHOOK_SECRET = 'webhook-secret-of-github';
const KEYED = `name: Build
run-name: Build \${{ inputs.sluice_key }}
on:
  push:
  workflow_dispatch:
    inputs:
      environment: { type: choice, options: [staging, production], default: staging }
      dry: { type: boolean }
      note: { type: string }
      sluice_key: { type: string }
`;
const UNKEYED = 'name: Plain\non: [workflow_dispatch]\n';
const DEMANDING = `on:
  workflow_dispatch:
    inputs:
      environment: { type: choice, options: [staging, production], required: true }
      count: { type: number, required: true }
`;

/** GitHub in small; `manner` makes it an older server, or Gitea. */
export async function startFakeGitHub(manner: Manner = {}): Promise<FakeGitHub> {
  const fake = new FakeGitHub(manner);
  await fake.open();
  return fake;
}

export class FakeGitHub implements FakePlatform {
  url = '';
  readonly options = {};
  readonly auth: PlatformAuth;
  readonly secrets: Readonly<Record<string, string>>;
  readonly granted: string[] = [];
  readonly webhookSecret = WEBHOOK_SECRET;
  readonly target = { project: PROJECT, pipeline: 'build.yml', ref: 'main' };
  readonly unkeyed = { project: PROJECT, pipeline: 'plain.yml', ref: 'main' };
  readonly inputs = { environment: 'production', dry: true };
  readonly wrongInputs = [
    [{ environment: 'nowhere' }, '"environment" must be one of staging, production'],
    [{ dry: 'perhaps' }, '"dry" must be true or false'],
    [{ unheard: 1 }, '"unheard" is not known: it takes environment, dry, note, sluice_key'],
  ] as const;
  readonly executions = new FakeExecutions();
  onWebhook: ((delivery: SignedRequest) => void) | undefined;
  /** Files of workflows. */
  readonly workflows = new Map([
    ['build.yml', KEYED],
    ['plain.yml', UNKEYED],
    ['demanding.yml', DEMANDING],
    ['never.yml', 'on: push\n'],
  ]);
  private branches = ['main', 'next'];
  private lacks: string | undefined;
  private readonly tokens = new Map<string, number>();
  private readonly publicKey: KeyObject | undefined;
  private server!: Awaited<ReturnType<typeof startFakeServer>>;
  /** Where logs and artifacts lie: another origin, which asks for no credentials. */
  private store!: Awaited<ReturnType<typeof startFakeServer>>;

  constructor(private readonly manner: Manner) {
    if (manner.app === undefined) {
      this.secrets = { 'env:GITHUB': TOKEN };
      this.auth = { type: 'token', secret: 'env:GITHUB' };
      this.tokens.set(TOKEN, Number.POSITIVE_INFINITY);
      return;
    }
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.publicKey = publicKey;
    this.secrets = { 'env:GITHUB': privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() };
    this.auth = { type: 'github-app', appId: '77', installationId: '4711', secret: 'env:GITHUB' };
  }

  get requests() {
    return this.server.requests;
  }

  get faults() {
    return this.server.faults;
  }

  /** What was asked of the store of logs and artifacts. */
  get storeRequests() {
    return this.store.requests;
  }

  async open(): Promise<void> {
    this.server = await startFakeServer((request) => this.answer(request));
    this.store = await startFakeServer((request) => this.answerFromStore(request));
    this.url = this.server.url + (this.manner.gitea ? '/api/v1' : '');
    this.executions.onChange((execution) => this.deliver(execution));
  }

  isTrigger({ method, path }: FakeRequest): boolean {
    return method === 'POST' && path.endsWith('/dispatches');
  }

  referenceOf(id: string) {
    return { project: PROJECT, pipeline: this.executions.require(id).pipeline, id };
  }

  removePipeline(): void {
    this.workflows.delete(this.target.pipeline);
  }

  renameBranch(): void {
    this.branches = ['trunk', 'next'];
  }

  withdrawPermission(): string {
    this.lacks = 'actions=write';
    return 'actions=write';
  }

  /** Tokens that were given are good for nothing any more. */
  revokeTokens(): void {
    this.tokens.clear();
  }

  async close(): Promise<void> {
    this.executions.close();
    await Promise.all([this.server.close(), this.store.close()]);
  }

  private async answer(request: FakeRequest): Promise<FakeAnswer> {
    const path = this.manner.gitea ? request.path.replace(/^\/api\/v1/, '') : request.path;
    if (this.manner.app !== undefined && path === '/app/installations/4711/access_tokens')
      return this.grant(request);
    const token = request.headers['authorization']?.replace(/^Bearer /, '') ?? '';
    const answer =
      (this.tokens.get(token) ?? 0) > Date.now()
        ? this.route(path, request)
        : ({ status: 401, json: { message: 'Bad credentials' } } as const);
    return { ...answer, headers: { ...LIMITS(), ...answer.headers } };
  }

  private async grant(request: FakeRequest): Promise<FakeAnswer> {
    const jwt = request.headers['authorization']?.replace(/^Bearer /, '') ?? '';
    try {
      await jwtVerify(jwt, this.publicKey!, { issuer: '77', algorithms: ['RS256'] });
    } catch {
      return { status: 401, json: { message: 'A JSON web token could not be decoded' } };
    }
    const { exp = 0, iat = 0 } = decodeJwt(jwt);
    if (exp - iat > 600) return { status: 401, json: { message: "'Expiration time' claim is too far" } };
    const token = `ghs_${this.granted.length}granted${Date.now()}`;
    const until = Date.now() + this.manner.app!.tokenLifeMs;
    this.granted.push(token);
    this.tokens.set(token, until);
    const expires = new Date(until).toISOString();
    return {
      status: 201,
      json: { token, expires_at: expires, permissions: { actions: 'write', contents: 'read' } },
    };
  }

  private route(path: string, request: FakeRequest): FakeAnswer {
    if (path === '/user') return { status: 200, json: { login: 'octocat' }, headers: SCOPES };
    if (path === '/version') return { status: 200, json: { version: '1.26.0' } };
    if (path === '/user/repos') return { status: 200, json: [REPOSITORY] };
    if (path === '/installation/repositories')
      return { status: 200, json: { total_count: 1, repositories: [REPOSITORY] } };
    const [, below] = /^\/repos\/acme\/app(\/.*)?$/.exec(path) ?? [];
    if (!path.startsWith('/repos/acme/app')) return NOT_FOUND;
    if (below === undefined)
      return { status: 200, json: { ...REPOSITORY, default_branch: this.branches[0] } };
    if (below === '/branches')
      return this.page(
        request,
        undefined,
        this.branches.map((name) => ({ name, commit: { sha: 'a'.repeat(40) } })),
      );
    if (this.lacks !== undefined && request.method === 'POST') {
      const headers = { 'x-accepted-github-permissions': this.lacks };
      return { status: 403, headers, json: { message: 'Resource not accessible by personal access token' } };
    }
    const [, file] = /^\/contents\/\.github\/workflows\/(.+)$/.exec(below) ?? [];
    if (file !== undefined) return this.readFile(file, request.query.get('ref'));
    return this.routeActions(below, request);
  }

  private readFile(file: string, ref: string | null): FakeAnswer {
    const text = this.workflows.get(file);
    if (text === undefined || (ref !== null && !this.branches.includes(ref))) return NOT_FOUND;
    const content = Buffer.from(text).toString('base64').replaceAll(/.{60}/g, '$&\n');
    return { status: 200, json: { type: 'file', encoding: 'base64', name: file, content } };
  }

  private routeActions(below: string, request: FakeRequest): FakeAnswer {
    const [, workflow, action] = /^\/actions\/workflows\/([^/]+)(\/\w+)?$/.exec(below) ?? [];
    if (workflow !== undefined && !this.workflows.has(workflow)) return NOT_FOUND;
    if (workflow !== undefined && action === '/dispatches') return this.dispatch(workflow, request);
    if (workflow !== undefined && action === '/runs' && !this.manner.gitea)
      return this.listRuns(request, workflow);
    if (workflow !== undefined && action === undefined) return { status: 200, json: writeWorkflow(workflow) };
    if (below === '/actions/workflows')
      return this.page(request, 'workflows', [...this.workflows.keys()].map(writeWorkflow));
    if (below === '/actions/runs') return this.listRuns(request);
    const [, kind, id = '', rest = ''] = /^\/actions\/(runs|jobs|artifacts)\/(\d+)(\/.*)?$/.exec(below) ?? [];
    if (kind === 'runs') return this.routeRun(id, rest, request);
    if (kind === 'jobs') return this.routeJob(id, rest);
    if (kind === 'artifacts' && rest === '/zip') return this.downloadArtifact(id);
    return NOT_FOUND;
  }

  private dispatch(pipeline: string, request: FakeRequest): FakeAnswer {
    const body = JSON.parse(request.body) as {
      readonly ref: string;
      readonly inputs?: Readonly<Record<string, string>>;
      readonly return_run_details?: boolean;
    };
    if (this.manner.refusesAsking && body.return_run_details !== undefined)
      return {
        status: 422,
        json: { message: 'Invalid request.\n\n"return_run_details" is not a permitted key.' },
      };
    if (!this.branches.includes(body.ref))
      return { status: 422, json: { message: `No ref found for: ${body.ref}` } };
    const declared = this.workflows.get(pipeline) ?? '';
    const unknown = Object.keys(body.inputs ?? {}).filter((name) => !declared.includes(`${name}:`));
    if (unknown.length > 0)
      return { status: 422, json: { message: `Unexpected inputs provided: ${JSON.stringify(unknown)}` } };
    const { id } = this.executions.start({ pipeline, ref: body.ref, inputs: body.inputs ?? {} });
    const tells = (this.manner.tellsRun ?? true) && request.query.has('return_run_details');
    if (!tells) return { status: 204 };
    const url = `${this.url}/repos/${PROJECT}/actions/runs/${id}`;
    return {
      status: 200,
      json: { workflow_run_id: Number(id), run_url: url, html_url: `https://github.test/${id}` },
    };
  }

  private listRuns(request: FakeRequest, workflow?: string): FakeAnswer {
    const event = request.query.get('event');
    const since = Date.parse(request.query.get('created')?.replace('>=', '') ?? '') || 0;
    const runs = this.executions.list
      .filter(({ pipeline, createdAt }) => (workflow ?? pipeline) === pipeline && createdAt >= since)
      .map((execution) => this.write(execution))
      .filter((run) => event === null || run.event === event);
    return this.page(request, 'workflow_runs', runs.reverse());
  }

  private routeRun(id: string, rest: string, request: FakeRequest): FakeAnswer {
    const execution = this.executions.find(id);
    if (execution === undefined) return NOT_FOUND;
    switch (`${request.method} ${rest}`) {
      case 'GET ':
        return { status: 200, json: this.write(execution) };
      case 'GET /jobs':
        return this.page(
          request,
          'jobs',
          execution.jobs.map((job) => writeJob(execution, job, this.url)),
        );
      case 'GET /artifacts':
        return this.page(
          request,
          'artifacts',
          execution.artifacts.map(({ bytes, ...rest }) => ({
            ...rest,
            id: Number(rest.id),
            size_in_bytes: bytes.length,
          })),
        );
      case 'POST /cancel':
        if (this.manner.gitea) return NOT_FOUND;
        return this.executions.cancel(id)
          ? { status: 202, json: {} }
          : { status: 409, json: { message: 'Cannot cancel a workflow run that is completed.' } };
      case 'POST /rerun':
      case 'POST /rerun-failed-jobs':
        this.executions.retry(id, rest === '/rerun' ? 'all' : 'failed');
        return { status: 201, json: {} };
      default:
        return NOT_FOUND;
    }
  }

  private routeJob(id: string, rest: string): FakeAnswer {
    const job = this.executions.findJob(id);
    const execution = this.executions.list.find(({ jobs }) => jobs.some((each) => each.id === id));
    if (job === undefined || execution === undefined) return NOT_FOUND;
    if (rest === '') return { status: 200, json: writeJob(execution, job, this.url) };
    if (rest !== '/logs' || (job.endedAt === undefined && !this.manner.gitea)) return NOT_FOUND;
    return { status: 302, headers: { location: `${this.store.url}/logs/${id}?sig=presigned` } };
  }

  private downloadArtifact(id: string): FakeAnswer {
    const artifact = this.executions.list
      .flatMap(({ artifacts }) => artifacts)
      .find((each) => each.id === id);
    if (artifact === undefined) return NOT_FOUND;
    if (artifact.expired) return { status: 410, json: { message: 'Artifact has expired' } };
    return { status: 302, headers: { location: `${this.store.url}/artifacts/${id}?sig=presigned` } };
  }

  private answerFromStore({ path, headers }: FakeRequest): FakeAnswer {
    if (headers['authorization'] !== undefined)
      return { status: 400, body: 'credentials are not for the store' };
    const [, kind, id = ''] = /^\/(logs|artifacts)\/(\d+)$/.exec(path) ?? [];
    if (kind === 'artifacts') {
      const found = this.executions.list.flatMap(({ artifacts }) => artifacts).find((each) => each.id === id);
      return { status: 200, headers: { 'content-type': 'application/zip' }, body: found!.bytes };
    }
    const { log } = this.executions.findJob(id)!;
    const [, from] = /^bytes=(\d+)-$/.exec(headers['range'] ?? '') ?? [];
    const type = { 'content-type': 'text/plain; charset=utf-8' };
    if (from === undefined) return { status: 200, headers: type, body: log.read() };
    if (Number(from) >= log.size) return { status: 416 };
    const range = { 'content-range': `bytes ${from}-${log.size - 1}/${log.size}` };
    return { status: 206, headers: { ...type, ...range }, body: log.read(Number(from)) };
  }

  private write(execution: FakeExecution) {
    const title = (this.workflows.get(execution.pipeline) ?? KEYED).includes('run-name')
      ? `Build ${execution.inputs['sluice_key'] ?? ''}`
      : 'Plain';
    return writeRun(execution, { title, url: this.url, project: PROJECT });
  }

  private page(request: FakeRequest, field: string | undefined, items: readonly object[]): FakeAnswer {
    const asked = Number(request.query.get('per_page') ?? request.query.get('limit') ?? 30);
    const size = Math.min(asked, this.manner.pageSize ?? 100);
    const page = Number(request.query.get('page') ?? 1);
    const shown = items.slice((page - 1) * size, page * size);
    const link = `<${this.url}${request.path}?page=${page + 1}>; rel="next"`;
    return {
      status: 200,
      json: field === undefined ? shown : { total_count: items.length, [field]: shown },
      ...(page * size < items.length ? { headers: { link } } : {}),
    };
  }

  private deliver(execution: FakeExecution): void {
    const run = this.write(execution);
    const action = run.status === 'queued' ? 'requested' : run.status;
    const event = { action, workflow_run: run, workflow: { path: run.path }, repository: REPOSITORY };
    const body = Buffer.from(JSON.stringify(event));
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('hex');
    const delivery = `${execution.id}-${execution.attempt}-${execution.state}`;
    const headers = new Map([
      ['content-type', 'application/json'],
      ['x-github-event', 'workflow_run'],
      ['x-github-delivery', delivery],
      ['x-hub-signature-256', `sha256=${signature}`],
    ]);
    this.onWebhook?.({ headers, body });
  }
}

const NOT_FOUND: FakeAnswer = { status: 404, json: { message: 'Not Found' } };
const SCOPES = { 'x-oauth-scopes': 'repo, workflow' };
const REPOSITORY = {
  id: 1,
  full_name: PROJECT,
  html_url: `https://github.test/${PROJECT}`,
  default_branch: 'main',
};

const LIMITS = () => ({
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': '4999',
  'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3600),
});

function writeWorkflow(file: string) {
  const path = `.github/workflows/${file}`;
  return { id: 100 + file.length, name: file.replace('.yml', ''), path, state: 'active' };
}
