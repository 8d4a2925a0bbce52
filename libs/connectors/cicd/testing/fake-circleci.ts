import { type InputValue, isOver } from '#contracts/cicd/execution.js';
import type { PlatformAuth } from '#contracts/cicd/integration.js';
import {
  buildOf,
  deliveriesOf,
  type FakeWorkflow,
  jobOf,
  KEYED,
  numberOf,
  outputOf,
  pipelineOf,
  slugOf,
  uuidOf,
  workflowOf,
} from './circleci-shapes.js';
import { type FakeExecution, FakeExecutions, type FakeJob } from './fake-executions.js';
import type { FakePlatform, FakeTarget } from './fake-platform.js';
import { type FakeAnswer, type FakeRequest, startFakeServer } from './fake-server.js';

const TOKEN = 'CCIPAT_7d1Vq2Ls9xWb4Ny_c0ffee5e81d0aa17';
const SECRET = 'vault:circleci/token';
const HOOK_SECRET = 'circleci-hook-secret-41f7';
const SIGNATURE = 'X-Amz-Signature=0a1b2c3d4e5f60718293';
const PLAIN = 'gh/acme/plain';
const PARAMETERS = ['sluice_key', 'environment', 'dry', 'level'];
const PAGE_SIZE = 20;
/** How long a pipeline has no workflow. */
const PENDING_MS = 1_000;

export const DEFINITION = uuidOf('other', 77);

const CONFIG = `version: 2.1
parameters:
  sluice_key: { type: string, default: "" }
  environment: { type: enum, enum: [staging, production], default: staging, description: Where to }
  dry: { type: boolean, default: false }
  level: { type: integer, default: 1 }
workflows: { ci: { jobs: [build, test] } }
`;

export interface FakeCircleCi extends FakePlatform {
  readonly manner: { definitions: readonly { readonly id: string; readonly name: string }[] };
}

/** CircleCI with the projects `gh/acme/app`, which declares parameters, and `gh/acme/plain`, which declares none. */
export async function startFakeCircleCi(): Promise<FakeCircleCi> {
  const circleci = new CircleCi();
  const served = await startFakeServer((request) => circleci.answer(request));
  circleci.root = served.url;
  return Object.assign(circleci, {
    url: served.url,
    requests: served.requests,
    faults: served.faults,
    async close() {
      circleci.executions.close();
      await served.close();
    },
  });
}

class CircleCi implements Omit<FakeCircleCi, 'url' | 'requests' | 'faults' | 'close'> {
  readonly auth: PlatformAuth = { type: 'token', secret: SECRET };
  readonly options = {};
  readonly secrets = { [SECRET]: TOKEN };
  readonly granted: readonly string[] = [SIGNATURE];
  readonly webhookSecret = HOOK_SECRET;
  readonly tellsParts = true;
  readonly target: FakeTarget = { project: KEYED, pipeline: '', ref: 'main' };
  readonly unkeyed: FakeTarget = { project: PLAIN, pipeline: '', ref: 'main' };
  readonly inputs = { environment: 'production', dry: true, level: 3 };
  readonly manner = { definitions: [{ id: DEFINITION, name: 'usual' }] };
  onWebhook: FakePlatform['onWebhook'];
  readonly executions = new FakeExecutions();
  root = '';
  private branches = ['main', 'next'];
  private isGone = false;
  private isForbidden = false;
  /** Ran on each branch before the time of `executions`. */
  private readonly past = {
    ...new FakeExecutions().start({ pipeline: '', ref: 'main', inputs: {} }),
    id: '500',
    createdAt: Date.now() - 86_400_000,
  };
  private readonly workflows = new Map<string, FakeWorkflow[]>();
  private workflowCount = 0;
  /** Where the output of each action of a job ends. */
  private readonly parts = new Map<string, number[]>();

  constructor() {
    this.executions.onChange((execution) => {
      if (this.workflows.has(execution.id)) this.notify(execution);
      else this.addWorkflow(execution);
    });
  }

  isTrigger({ method, path }: FakeRequest): boolean {
    return method === 'POST' && /\/pipeline(\/run)?$/.test(path);
  }

  referenceOf(id: string) {
    return { project: slugOf(this.executions.require(id)), pipeline: '', id: uuidOf('pipeline', id) };
  }

  removePipeline(): void {
    this.isGone = true;
  }

  renameBranch(): void {
    this.branches = this.branches.map((name) => (name === 'main' ? 'trunk' : name));
  }

  withdrawPermission(): string {
    this.isForbidden = true;
    return 'Permission denied';
  }

  answer(request: FakeRequest): FakeAnswer {
    const { headers } = request;
    const path = decodeURIComponent(request.path);
    if (path.startsWith('/output/')) return this.answerOutput(request, path);
    if (headers['circle-token'] !== TOKEN) return told(401, 'You must log in first.');
    if (path.startsWith('/files/')) return this.answerFile(path);
    if (path === '/api/v2/me')
      return { status: 200, json: { id: uuidOf('other', 1), login: 'robot', name: 'Robot', avatar_url: '' } };
    if (this.isForbidden) return told(403, 'Permission denied');
    if (path.startsWith('/api/v1.1/')) return this.answerOld(path.slice('/api/v1.1'.length));
    if (!path.startsWith('/api/v2/')) return told(404, 'Not found');
    return this.answerCurrent(request, path.slice('/api/v2'.length));
  }

  private answerCurrent(request: FakeRequest, path: string): FakeAnswer {
    const [, slug = '', ofProject = ''] = /^\/project\/([^/]+\/[^/]+\/[^/]+)(.*)$/.exec(path) ?? [];
    if (slug !== '') {
      if (this.isGone || ![KEYED, PLAIN].includes(slug)) return told(404, 'Project not found');
      return this.answerProject(request, slug, ofProject);
    }
    if (path === `/projects/${uuidOf('other', 3)}/pipeline-definitions`)
      return { status: 200, json: { items: this.manner.definitions } };
    const [, kind = '', id = '', part = ''] = /^\/(pipeline|workflow)\/([^/]+)(.*)$/.exec(path) ?? [];
    if (this.isGone) return told(404, `${kind} not found`);
    return kind === 'pipeline' ? this.answerPipeline(id, part) : this.answerWorkflow(request, id, part);
  }

  private answerProject(request: FakeRequest, slug: string, path: string): FakeAnswer {
    if (path === '') {
      const vcs_info = { vcs_url: '', provider: 'GitHub', default_branch: 'main' };
      return { status: 200, json: { id: uuidOf('other', 3), slug, name: 'app', vcs_info } };
    }
    if (request.method === 'POST') return this.start(request, slug);
    const number = /^\/(\d+)\/artifacts$/.exec(path)?.[1];
    if (number !== undefined) return this.listFiles(number);
    if (path !== '/pipeline') return told(404, 'Not found');
    const branch = request.query.get('branch');
    const all = this.executions.list
      .filter((each) => slugOf(each) === slug && [null, each.ref].includes(branch))
      .toReversed();
    if (all.length === 0 && branch !== null) all.push(this.past);
    const from = Number(request.query.get('page-token') ?? 0);
    const items = all.slice(from, from + PAGE_SIZE).map((each) => pipelineOf(each, this.stateOf(each)));
    const next_page_token = from + PAGE_SIZE < all.length ? String(from + PAGE_SIZE) : null;
    return { status: 200, json: { items, next_page_token } };
  }

  private start(request: FakeRequest, slug: string): FakeAnswer {
    const body = JSON.parse(request.body) as Record<string, unknown>;
    const at = (body['config'] ?? body) as { readonly branch?: string; readonly tag?: string };
    const parameters = (body['parameters'] ?? {}) as Record<string, InputValue>;
    if (at.tag !== undefined && at.tag !== 'v1') return told(400, 'Tag not found');
    const ref = at.tag ?? at.branch ?? 'main';
    if (at.tag === undefined && !this.branches.includes(ref)) return told(400, 'Branch not found');
    const known = slug === KEYED ? PARAMETERS : [];
    const unknown = Object.keys(parameters).filter((name) => !known.includes(name));
    if (unknown.length > 0) return told(400, `Unexpected argument(s): ${unknown.join(', ')}`);
    if (typeof (parameters['dry'] ?? false) !== 'boolean')
      return told(
        400,
        'Type error for argument dry: expected type: boolean, actual value: "x" (type string)',
      );
    const execution = this.executions.start({
      pipeline: slug === KEYED ? '' : slug,
      ref,
      inputs: parameters,
    });
    const { id, number, created_at } = pipelineOf(execution, 'pending');
    return { status: 201, json: { id, number, created_at, state: 'pending' } };
  }

  /** A pipeline that has just come has no workflow. */
  private stateOf({ state, createdAt, attempt }: FakeExecution): string {
    const isNew = state === 'queued' && attempt === 1 && Date.now() - createdAt < PENDING_MS;
    return isNew ? 'pending' : 'created';
  }

  private answerPipeline(uuid: string, part: string): FakeAnswer {
    const execution = [this.past, ...this.executions.list].find(({ id }) => id === numberOf(uuid));
    if (execution === undefined || uuid !== uuidOf('pipeline', execution.id))
      return told(404, 'Pipeline not found');
    const state = this.stateOf(execution);
    if (part === '') return { status: 200, json: pipelineOf(execution, state) };
    if (part === '/config') return { status: 200, json: { source: CONFIG, compiled: CONFIG } };
    if (part === '/workflow') {
      const all = state === 'pending' ? [] : (this.workflows.get(execution.id) ?? []);
      const items = all.toReversed().map((each) => workflowOf(each, execution));
      return { status: 200, json: { items, next_page_token: null } };
    }
    const declared = slugOf(execution) === KEYED ? { sluice_key: '', ...execution.inputs } : {};
    const named = Object.entries(declared).map(([name, value]) => [`pipeline.parameters.${name}`, value]);
    return { status: 200, json: { 'pipeline.id': uuid, ...Object.fromEntries(named) } };
  }

  private answerWorkflow({ method, body }: FakeRequest, id: string, part: string): FakeAnswer {
    const [owner, workflows] =
      [...this.workflows].find(([, all]) => all.some((each) => each.id === id)) ?? [];
    const execution = owner === undefined ? undefined : this.executions.require(owner);
    const workflow = workflows?.at(-1);
    if (execution === undefined || workflow === undefined) return told(404, 'Workflow not found');
    if (part === '/job') {
      const items = execution.jobs.map((job) => jobOf(job, execution));
      return { status: 200, json: { items, next_page_token: null } };
    }
    if (method !== 'POST') return { status: 200, json: workflowOf(workflow, execution) };
    if (part === '/cancel') {
      this.executions.cancel(execution.id);
      return told(202, 'Accepted.');
    }
    const { state } = execution;
    if (!isOver(state)) return told(400, 'Workflow is still running');
    const what = (JSON.parse(body) as { from_failed?: boolean }).from_failed === true ? 'failed' : 'all';
    workflows!.splice(-1, 1, { ...workflow, ended: state });
    const added = this.addWorkflow(execution);
    this.executions.retry(execution.id, what);
    return { status: 202, json: { workflow_id: added.id } };
  }

  private addWorkflow({ id }: FakeExecution): FakeWorkflow {
    this.workflowCount += 1;
    const added = { id: uuidOf('workflow', this.workflowCount), createdAt: Date.now() };
    this.workflows.set(id, [...(this.workflows.get(id) ?? []), added]);
    return added;
  }

  private answerOld(path: string): FakeAnswer {
    if (path === '/projects') {
      const names = this.isGone ? [] : ['app', 'plain'];
      const project = { username: 'acme', vcs_type: 'github', default_branch: 'main' };
      return { status: 200, json: names.map((reponame) => ({ ...project, reponame, vcs_url: '' })) };
    }
    const job = this.executions.findJob(/^\/project\/gh\/acme\/\w+\/(\d+)$/.exec(path)?.[1] ?? '');
    if (job === undefined) return told(404, 'Build not found');
    return { status: 200, json: buildOf(job, this.urlsOf(job)) };
  }

  /** What was written since the last look is one more part. */
  private urlsOf({ id, log }: FakeJob): readonly string[] {
    const ends = this.parts.get(id) ?? [];
    if (log.size > (ends.at(-1) ?? 0)) this.parts.set(id, [...ends, log.size]);
    return (this.parts.get(id) ?? []).map((_end, index) => `${this.root}/output/${id}/${index}?${SIGNATURE}`);
  }

  /** Signed in its address: a token beside that is refused, as storage does. */
  private answerOutput({ headers, target }: FakeRequest, path: string): FakeAnswer {
    const [, id = '', index = ''] = /^\/output\/(\d+)\/(\d+)$/.exec(path) ?? [];
    const job = this.executions.findJob(id);
    const ends = this.parts.get(id) ?? [];
    if (job === undefined || !target.includes(SIGNATURE)) return told(403, 'AccessDenied');
    if (headers['circle-token'] !== undefined) return told(400, 'Only one auth mechanism allowed');
    const from = ends[Number(index) - 1] ?? 0;
    const body = outputOf(job.log, from, ends[Number(index)]!);
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }

  private listFiles(number: string): FakeAnswer {
    const execution = this.executions.list.find(({ jobs }) => jobs.some(({ id }) => id === number));
    const index = execution?.jobs.findIndex(({ id }) => id === number);
    const files = (execution?.artifacts ?? []).filter(
      ({ expired }, at) => !expired && at % execution!.jobs.length === index,
    );
    const items = files.map(({ id, name }) => ({
      path: name,
      node_index: 0,
      url: `${this.root}/files/${id}`,
    }));
    return { status: 200, json: { items, next_page_token: null } };
  }

  private answerFile(path: string): FakeAnswer {
    const file = this.executions.list
      .flatMap(({ artifacts }) => artifacts)
      .find(({ id }) => path === `/files/${id}`);
    if (file === undefined || file.expired) return told(404, 'Not found');
    return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: file.bytes };
  }

  /** Tells only of ends. */
  private notify(execution: FakeExecution): void {
    if (this.onWebhook === undefined || !isOver(execution.state)) return;
    const workflow = this.workflows.get(execution.id)!.at(-1)!;
    for (const delivery of deliveriesOf(execution, workflow, HOOK_SECRET)) this.onWebhook(delivery);
  }
}

function told(status: number, message: string): FakeAnswer {
  return { status, json: { message } };
}
