import { isOver } from '#contracts/cicd/execution.js';
import type { PlatformAuth } from '#contracts/cicd/integration.js';
import { encodeBasic } from '../../http/client-credentials.js';
import { type FakeExecution, FakeExecutions } from './fake-executions.js';
import type { FakePlatform, FakeTarget } from './fake-platform.js';
import { type FakeAnswer, type FakeRequest, startFakeServer } from './fake-server.js';
import { FakeBuilds } from './jenkins-builds.js';
import { pruneByTree } from './jenkins-tree.js';

const USER = 'robot';
const TOKEN = '11b0a3c9d8e7f6a5b4c3d2e1f0a9b8c7d6';
const CRUMB = 'c0ffee11c0ffee22c0ffee33c0ffee44';
const SESSION = 'node0fake1session2of3robot4';
const WEBHOOK_SECRET = 'jenkins-hook-secret-5c1d';
const PERMISSION = 'Job/Build';

interface Manner {
  /** The secret is a password: who posts needs a crumb, of the session that it was given in. */
  readonly password?: boolean;
  /** No place in the queue is told, lists have no ranges, stages are unknown. */
  readonly hudson?: boolean;
  /** The plugin Pipeline: REST API is not there. */
  readonly withoutStages?: boolean;
}

export interface FakeJenkins extends FakePlatform {
  /** Places in the queue that are left are forgotten from now on. */
  forgetQueue(): void;
  /** Branch jobs of `shop`, as Jenkins names them. */
  setBranches(names: readonly string[]): void;
  /** Crumbs that were given hold no longer. */
  endSessions(): void;
  /** What stop, term and kill were asked for, in their order; builds take no notice of the first `deaf` of them. */
  readonly stops: string[];
  deaf: number;
}

/** A folder `team` with the multibranch jobs `shop`, which takes the key, and `plain`, which takes nothing. */
export async function startFakeJenkins(manner: Manner = {}): Promise<FakeJenkins> {
  const jenkins = new Jenkins(manner);
  const served = await startFakeServer((request) => jenkins.answer(request));
  jenkins.builds.root = served.url;
  return Object.assign(jenkins, {
    url: served.url,
    requests: served.requests,
    faults: served.faults,
    async close() {
      jenkins.executions.close();
      await served.close();
    },
  });
}

class Jenkins implements Omit<FakeJenkins, 'url' | 'requests' | 'faults' | 'close'> {
  readonly auth: PlatformAuth = { type: 'basic', username: USER, secret: 'vault:jenkins/token' };
  readonly options = {};
  readonly secrets = { 'vault:jenkins/token': TOKEN };
  readonly granted = [encodeBasic(USER, TOKEN), `${CRUMB}0`, `${SESSION}0`];
  readonly webhookSecret = WEBHOOK_SECRET;
  readonly target: FakeTarget = { project: 'team', pipeline: 'shop', ref: 'main' };
  readonly unkeyed: FakeTarget = { project: 'team', pipeline: 'plain', ref: 'main' };
  readonly inputs = { environment: 'staging', dry: true };
  readonly wrongInputs = [
    [{ colour: 'red' }, 'colour'],
    [{ environment: 'moon' }, 'environment'],
    [{ dry: 'perhaps' }, 'dry'],
  ] as const;
  readonly stops: string[] = [];
  deaf = 0;
  onWebhook: FakePlatform['onWebhook'];
  readonly executions = new FakeExecutions();
  readonly builds = new FakeBuilds(this.executions);
  private isForbidden = false;
  private session = 0;

  constructor(private readonly manner: Manner) {
    this.executions.onChange((execution) => {
      for (const phase of phasesOf(execution)) this.notify(execution, phase);
    });
  }

  isTrigger({ method, path }: FakeRequest): boolean {
    return method === 'POST' && /\/build(WithParameters)?$/.test(path);
  }

  referenceOf(id: string) {
    const { pipeline, ref, number, state } = this.executions.require(id);
    const place = state === 'queued' ? `queue-${id}` : String(number);
    return { project: 'team', pipeline, id: `${pipeline}/${ref.replaceAll('/', '%2F')}#${place}` };
  }

  removePipeline(): void {
    this.builds.jobs.delete('shop');
  }

  renameBranch(): void {
    this.builds.jobs.set('shop', ['trunk', 'next']);
  }

  withdrawPermission(): string {
    this.isForbidden = true;
    return PERMISSION;
  }

  forgetQueue(): void {
    this.builds.forgetsQueue = true;
  }

  setBranches(names: readonly string[]): void {
    this.builds.jobs.set('shop', names);
  }

  endSessions(): void {
    this.session += 1;
  }

  answer(request: FakeRequest): FakeAnswer {
    const isApi = request.path.endsWith('/api/json') && this.manner.hudson !== true;
    const kind = isApi ? { 'x-jenkins': '2.516.1', 'x-hudson': '1.395' } : {};
    const answer = this.respond(request);
    const type =
      this.manner.hudson === true ? { 'content-type': 'application/javascript;charset=UTF-8' } : {};
    return { ...answer, headers: { ...kind, ...(answer.json === undefined ? {} : type), ...answer.headers } };
  }

  private respond(request: FakeRequest): FakeAnswer {
    if (request.headers['authorization'] !== `Basic ${encodeBasic(USER, TOKEN)}`)
      return showPage(401, 'Invalid password/token for user: robot');
    if (request.method === 'POST') return this.post(request);
    const tree = request.query.get('tree');
    const found = this.read(request);
    if (tree === null || found.json === undefined) return found;
    if (this.manner.hudson === true && /[{}]/.test(tree)) return showPage(500, 'Illegal tree');
    return { ...found, json: pruneByTree(found.json, tree) };
  }

  private read({ path, query }: FakeRequest): FakeAnswer {
    if (path === '/me/api/json') return { status: 200, json: { id: USER, fullName: 'Robot' } };
    if (path === '/crumbIssuer/api/json') return this.giveCrumb();
    if (path === '/queue/api/json') return { status: 200, json: { items: this.builds.queue() } };
    const item = /^\/queue\/item\/(\d+)\/api\/json$/.exec(path)?.[1];
    if (item !== undefined)
      return this.manner.hudson === true ? NOT_FOUND : (this.builds.item(item) ?? NOT_FOUND);
    if (/\/wfapi\//.test(path) && (this.manner.withoutStages === true || this.manner.hudson === true))
      return NOT_FOUND;
    return this.builds.read(path, query) ?? NOT_FOUND;
  }

  private post(request: FakeRequest): FakeAnswer {
    const crumb = request.headers['jenkins-crumb'];
    const hasSession = request.headers['cookie']?.includes(`${SESSION}${this.session}`) === true;
    if (this.manner.password === true && (crumb !== CRUMB + this.session || !hasSession))
      return showPage(403, 'No valid crumb was included in the request');
    if (this.isForbidden) return showPage(403, `${USER} is missing the ${PERMISSION} permission`);
    const { path, query } = request;
    if (path === '/queue/cancelItem')
      return this.builds.cancelItem(query.get('id') ?? '')
        ? { status: 302, headers: { location: '/queue/' } }
        : NOT_FOUND;
    const stopped = /^(.*)\/(\d+)\/(stop|term|kill)$/.exec(path);
    if (stopped !== null) return this.stop(stopped[1]!, stopped[2]!, stopped[3]!);
    if (!this.isTrigger(request)) return NOT_FOUND;
    return this.start(request);
  }

  private start({ path, body }: FakeRequest): FakeAnswer {
    const job = this.builds.findBranch(path.replace(/\/build(WithParameters)?$/, ''));
    if (job === undefined) return NOT_FOUND;
    const isParameterized = path.endsWith('WithParameters');
    if (isParameterized !== (job.pipeline === 'shop')) return showPage(400, 'The job is not parameterized');
    const item = this.builds.start(job, new URLSearchParams(body));
    if (this.manner.hudson === true)
      return { status: 302, headers: { location: path.replace(/\/build\w*$/, '/') } };
    return { status: 201, headers: { location: `${this.builds.root}/queue/item/${item}/` } };
  }

  private stop(job: string, number: string, way: string): FakeAnswer {
    const execution = this.builds.findBuild(job, number);
    if (execution === undefined) return NOT_FOUND;
    this.stops.push(way);
    if (this.stops.length > this.deaf) this.executions.cancel(execution.id);
    return { status: 302, headers: { location: `${job}/${number}/` } };
  }

  private giveCrumb(): FakeAnswer {
    if (this.manner.password !== true) return NOT_FOUND;
    const cookie = `JSESSIONID.ab12=${SESSION}${this.session}; Path=/; HttpOnly`;
    const json = {
      _class: 'hudson.security.csrf.DefaultCrumbIssuer',
      crumb: CRUMB + this.session,
      crumbRequestField: 'Jenkins-Crumb',
    };
    return { status: 200, headers: { 'set-cookie': cookie }, json };
  }

  private notify(execution: FakeExecution, phase: string): void {
    const event = this.builds.describeEvent(execution, phase);
    this.onWebhook?.({
      headers: new Map([
        ['content-type', 'application/json;charset=UTF-8'],
        ['authorization', `Basic ${encodeBasic('jenkins', WEBHOOK_SECRET)}`],
      ]),
      body: Buffer.from(JSON.stringify(event)),
    });
  }
}

/** What waits in the queue is no build, and nobody is told of it. */
function phasesOf({ state }: FakeExecution): readonly string[] {
  if (state === 'queued' || state === 'blocked') return [];
  return isOver(state) ? ['COMPLETED', 'FINALIZED'] : ['STARTED'];
}

const NOT_FOUND = showPage(404, 'Not Found');

function showPage(status: number, words: string): FakeAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html;charset=utf-8' },
    body: `<html><head><title>Error ${status} ${words}</title></head><body>${words}</body></html>`,
  };
}
