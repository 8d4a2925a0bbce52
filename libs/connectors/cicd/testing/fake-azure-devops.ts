import { isOver } from '#contracts/cicd/execution.js';
import type { PlatformAuth } from '#contracts/cicd/integration.js';
import { encodeBasic } from '../../http/client-credentials.js';
import {
  DEFINITIONS,
  describeBuild,
  describeDefinition,
  describeTimeline,
  type FakeDefinition,
  isBuildOf,
  latestFirst,
  logIdOf,
  nameOf,
  PROJECT,
  PROJECT_ID,
  stageOf,
} from './azure-builds.js';
import { type FakeExecution, FakeExecutions } from './fake-executions.js';
import type { FakePlatform, FakeTarget } from './fake-platform.js';
import { type FakeAnswer, type FakeRequest, startFakeServer } from './fake-server.js';

const PAT = 'azpat7q2m5x8k1v4b9n6c3z0l5j8h1g4f7d2s5';
const WEBHOOK_SECRET = 'azure-hook-secret-91e2';
const PERMISSION = 'Queue builds';
const HOME = `/acme/${encodeURIComponent(PROJECT)}/_apis`;

interface Manner {
  /** What lines are counted from: 0, as the platform does it, or 1. */
  readonly lineBase?: 0 | 1;
  /** Runs on a page. */
  readonly page?: number;
}

export interface FakeAzureDevOps extends FakePlatform {
  /** Takes the key as a variable. */
  readonly byVariable: FakeTarget;
}

/** An organization `acme` with the project `Web Shop` and the pipelines `team/release`, `plain` and `by-variable`. */
export async function startFakeAzureDevOps(manner: Manner = {}): Promise<FakeAzureDevOps> {
  const azure = new AzureDevOps(manner);
  const served = await startFakeServer((request) => azure.answer(request));
  azure.root = `${served.url}/acme`;
  return Object.assign(azure, {
    url: azure.root,
    requests: served.requests,
    faults: served.faults,
    async close() {
      azure.executions.close();
      await served.close();
    },
  });
}

class AzureDevOps implements Omit<FakeAzureDevOps, 'url' | 'requests' | 'faults' | 'close'> {
  root = '';
  readonly auth: PlatformAuth = { type: 'token', secret: 'vault:azure/pat' };
  readonly options = {};
  readonly countsNoAttempts = true;
  readonly secrets = { 'vault:azure/pat': PAT };
  readonly granted = [encodeBasic('', PAT)];
  readonly webhookSecret = WEBHOOK_SECRET;
  readonly target: FakeTarget = { project: PROJECT, pipeline: 'team/release', ref: 'main' };
  readonly unkeyed: FakeTarget = { project: PROJECT, pipeline: 'plain', ref: 'main' };
  readonly byVariable: FakeTarget = { project: PROJECT, pipeline: 'by-variable', ref: 'main' };
  readonly inputs = { environment: 'staging', dry: true, copies: 2, LEVEL: 'debug' };
  readonly wrongInputs = [[{ FIXED: '2' }, 'FIXED']] as const;
  onWebhook: FakePlatform['onWebhook'];
  readonly executions = new FakeExecutions();
  private definitions = DEFINITIONS;
  private branches = ['main', 'next'];
  private isForbidden = false;
  private delivered = 0;

  constructor(private readonly manner: Manner) {
    this.executions.onChange((execution) => this.notify(execution));
  }

  isTrigger({ method, path }: FakeRequest): boolean {
    return method === 'POST' && path.endsWith('/runs');
  }

  referenceOf(id: string) {
    return { project: PROJECT, pipeline: this.executions.require(id).pipeline, id };
  }

  removePipeline(): void {
    this.definitions = this.definitions.filter(({ id }) => id !== 7);
  }

  renameBranch(): void {
    this.branches = ['trunk', 'next'];
  }

  withdrawPermission(): string {
    this.isForbidden = true;
    return PERMISSION;
  }

  answer(request: FakeRequest): FakeAnswer {
    const { headers, query } = request;
    if (headers['authorization'] !== `Basic ${encodeBasic('', PAT)}`) return SIGN_IN;
    if (!/^7\.1(-preview(\.\d)?)?$/.test(query.get('api-version') ?? ''))
      return refuse(400, 'VssVersionNotSpecifiedException', 'No api-version was supplied for the request.');
    return this.respond(request) ?? NOT_FOUND;
  }

  private respond(request: FakeRequest): FakeAnswer | undefined {
    const { path, query } = request;
    if (path === '/acme/_apis/connectionData')
      return answer({ authenticatedUser: { id: 'robot-1', providerDisplayName: 'Robot' } });
    if (path === '/acme/_apis/projects')
      return list([{ id: PROJECT_ID, name: PROJECT, state: 'wellFormed' }]);
    if (!path.startsWith(`${HOME}/`)) return undefined;
    const below = path.slice(HOME.length);
    const build = /^\/build\/builds\/(\d+)(\/.*)?$/.exec(below);
    if (build !== null) return this.serveBuild(request, build[1]!, build[2] ?? '');
    const run = /^\/pipelines\/(\d+)\/runs$/.exec(below);
    if (run !== null && request.method === 'POST') return this.start(request, Number(run[1]));
    if (below === '/build/builds') return this.listBuilds(query);
    if (below.startsWith('/build/definitions')) return this.readDefinitions(below, query);
    if (below === '/git/repositories')
      return list([{ id: 'repository-1', name: PROJECT, defaultBranch: 'refs/heads/main' }]);
    if (below === '/git/repositories/repository-1/refs')
      return list(this.branches.map((name) => ({ name: `refs/heads/${name}`, objectId: 'c'.repeat(40) })));
    if (below === '/sourceProviders/TfsGit/filecontents') return this.readFile(query);
    return undefined;
  }

  private readDefinitions(path: string, query: URLSearchParams): FakeAnswer | undefined {
    const id = /^\/build\/definitions\/(\d+)$/.exec(path)?.[1];
    if (id !== undefined) {
      const found = this.definitions.find((each) => each.id === Number(id));
      return found && answer(describeDefinition(found));
    }
    const wanted = query.get('name') ?? '*';
    const pattern = new RegExp(`^${wanted.replaceAll(/[.+?^$()|[\]{}]/g, '$&').replaceAll('*', '.*')}$`, 'i');
    return list(this.definitions.filter(({ name }) => pattern.test(name)).map(describeDefinition));
  }

  private readFile(query: URLSearchParams): FakeAnswer | undefined {
    const definition = this.definitions.find(({ name }) => query.get('path') === `/ci/${name}.yml`);
    const isThere = this.branches.includes(query.get('commitOrBranch') ?? '');
    if (definition === undefined || !isThere) return undefined;
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: definition.yaml };
  }

  private start({ body }: FakeRequest, id: number): FakeAnswer | undefined {
    const definition = this.definitions.find((each) => each.id === id);
    if (definition === undefined) return undefined;
    if (this.isForbidden)
      return refuse(
        403,
        'AccessDeniedException',
        `TF215106: Access denied. Robot needs ${PERMISSION} permissions for build pipeline ${id} in team project ${PROJECT} to perform the action. For more information, contact the Azure DevOps Server administrator.`,
      );
    const {
      resources,
      templateParameters = {},
      variables = {},
    } = JSON.parse(body) as {
      resources: { repositories: { self: { refName?: string } } };
      templateParameters?: Record<string, string>;
      variables?: Record<string, { value: string }>;
    };
    const branch = resources.repositories.self.refName ?? 'refs/heads/main';
    const ref = branch.replace('refs/heads/', '');
    if (!this.branches.includes(ref))
      return refuse(
        400,
        'PipelineValidationException',
        `Could not get the latest source version for repository ${PROJECT} hosted on Azure Repos using ref ${branch}.`,
      );
    const problem = findProblem(definition, templateParameters, variables);
    if (problem !== undefined) return refuse(400, 'PipelineValidationException', problem);
    const set = Object.entries(variables).map(([name, { value }]) => [name, value] as const);
    const inputs = { ...templateParameters, ...Object.fromEntries(set) };
    const execution = this.executions.start({ pipeline: nameOf(definition), ref, inputs });
    return answer({
      id: Number(execution.id),
      name: `20260401.${execution.number}`,
      state: 'inProgress',
      createdDate: new Date(execution.createdAt).toISOString(),
      pipeline: { id, name: definition.name, folder: definition.path, revision: 1 },
      templateParameters,
      _links: {
        web: { href: `${this.root}/${encodeURIComponent(PROJECT)}/_build/results?buildId=${execution.id}` },
      },
    });
  }

  private listBuilds(query: URLSearchParams): FakeAnswer {
    const wanted = query.get('definitions');
    const byEnd = query.get('queryOrder') === 'finishTimeDescending';
    const minTime = Date.parse(query.get('minTime') ?? '1970-01-01T00:00:00Z');
    const timeOf = ({ createdAt, endedAt }: FakeExecution) =>
      byEnd ? (endedAt ?? Number.POSITIVE_INFINITY) : createdAt;
    const fitting = latestFirst(this.executions)
      .filter((each) => this.definitionOf(each) !== undefined)
      .filter((each) => wanted === null || this.definitionOf(each)?.id === Number(wanted))
      .filter((each) => timeOf(each) >= minTime)
      .filter(({ state }) => query.get('statusFilter') !== 'completed' || isOver(state))
      .toSorted((a, b) => timeOf(b) - timeOf(a));
    const from = Number(query.get('continuationToken') ?? 0);
    const size = Math.min(this.manner.page ?? 1000, Number(query.get('$top') ?? 1000));
    const next = from + size < fitting.length ? { 'x-ms-continuationtoken': String(from + size) } : {};
    const page = fitting.slice(from, from + size).map((each) => this.describe(each));
    return { ...list(page), headers: next };
  }

  private serveBuild(request: FakeRequest, id: string, below: string): FakeAnswer | undefined {
    const { method, query } = request;
    const execution = this.executions.find(id);
    if (execution === undefined || this.definitionOf(execution) === undefined) return undefined;
    if (method === 'PATCH') return this.change(request, execution, below);
    if (below === '') return answer(this.describe(execution));
    if (below === '/timeline')
      return execution.state === 'queued'
        ? { status: 204 }
        : answer({ id: 'timeline-1', records: describeTimeline(execution) });
    const log = /^\/logs\/(\d+)$/.exec(below)?.[1];
    if (log !== undefined) return this.sendLog(execution, Number(log), query.get('startLine'));
    if (below !== '/artifacts') return undefined;
    const name = query.get('artifactName');
    if (name === null)
      return list(
        execution.artifacts.filter(({ expired }) => !expired).map((each) => describeArtifact(each)),
      );
    const artifact = execution.artifacts.find((each) => each.name === name && !each.expired);
    return artifact && { status: 200, headers: { 'content-type': 'application/zip' }, body: artifact.bytes };
  }

  private change({ body }: FakeRequest, execution: FakeExecution, below: string): FakeAnswer | undefined {
    const wanted = JSON.parse(body) as { status?: string; state?: string; forceRetryAllJobs?: boolean };
    if (below === '' && wanted.status === 'cancelling')
      return this.executions.cancel(execution.id)
        ? answer(this.describe(execution))
        : refuse(409, 'InvalidBuildStateException', 'The build is completed.');
    const stage = decodeURIComponent(/^\/stages\/([^/]+)$/.exec(below)?.[1] ?? '');
    if (!execution.jobs.some((job) => stageOf(job) === stage)) return undefined;
    if (!isOver(execution.state))
      return refuse(409, 'InvalidStageStateException', 'The stage has not ended.');
    this.executions.retry(execution.id, wanted.forceRetryAllJobs === true ? 'all' : 'failed');
    return { status: 204 };
  }

  private sendLog(execution: FakeExecution, id: number, startLine: string | null): FakeAnswer | undefined {
    const job = execution.jobs.find((each) => logIdOf(each) === id);
    if (job === undefined) return undefined;
    const skipped = startLine === null ? 0 : Math.max(0, Number(startLine) - (this.manner.lineBase ?? 0));
    return {
      status: 200,
      headers: { 'content-type': 'text/plain' },
      body: skipLines(job.log.read(), skipped),
    };
  }

  private definitionOf({ pipeline }: FakeExecution): FakeDefinition | undefined {
    return this.definitions.find((each) => nameOf(each) === pipeline);
  }

  private describe(execution: FakeExecution): object {
    const definition = DEFINITIONS.find((each) => isBuildOf(execution, each))!;
    return describeBuild(execution, definition, this.root);
  }

  /** Of a run that has only been queued nobody is told. */
  private notify(execution: FakeExecution): void {
    if (this.onWebhook === undefined || execution.state === 'queued') return;
    this.delivered += 1;
    const event = isOver(execution.state)
      ? { eventType: 'build.complete', resource: this.describe(execution), resourceVersion: '2.0' }
      : {
          eventType: 'ms.vss-pipelines.run-state-changed-event',
          resource: this.describeRun(execution),
          resourceVersion: '5.1-preview.1',
        };
    this.onWebhook({
      headers: new Map([
        ['content-type', 'application/json; charset=utf-8'],
        ['authorization', `Basic ${encodeBasic('hook', WEBHOOK_SECRET)}`],
      ]),
      body: Buffer.from(
        JSON.stringify({
          id: `4a5d99d6-1c75-4e53-91b9-${String(this.delivered).padStart(12, '0')}`,
          publisherId: 'tfs',
          ...event,
          resourceContainers: { project: { id: PROJECT_ID } },
        }),
      ),
    });
  }

  private describeRun(execution: FakeExecution): object {
    const { id, name, path } = DEFINITIONS.find((each) => isBuildOf(execution, each))!;
    const pipeline = { id, name, folder: path, revision: 1 };
    return {
      run: {
        id: Number(execution.id),
        name: `20260401.${execution.number}`,
        state: 'inProgress',
        createdDate: new Date(execution.createdAt).toISOString(),
        pipeline,
      },
      pipeline,
      project: { id: PROJECT_ID, name: PROJECT },
    };
  }
}

function findProblem(
  definition: FakeDefinition,
  parameters: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, unknown>>,
): string | undefined {
  const fixed = Object.keys(variables).filter((name) => definition.variables[name]?.allowOverride !== true);
  if (fixed.length > 0)
    return `You can't set the following variables (${fixed.join(', ')}). If you want to be able to set these variables, then edit the pipeline and select Settable at queue time on the variables tab of the pipeline editor.`;
  for (const [name, value] of Object.entries(parameters)) {
    const allowed = definition.parameters[name];
    if (allowed === undefined) return `Unexpected parameter '${name}'`;
    if (!allowed.test(value))
      return `/ci/${definition.name}.yml: The '${name}' parameter value '${value}' is not a valid value.`;
  }
  return undefined;
}

function describeArtifact({ id, name, bytes }: FakeExecution['artifacts'][number]): object {
  const downloadUrl = `https://artprodcus3.artifacts.example/${name}?format=zip`;
  const properties = { artifactsize: String(bytes.length) };
  return {
    id: Number(id),
    name,
    source: 'job-1',
    resource: { type: 'PipelineArtifact', downloadUrl, properties },
  };
}

async function* skipLines(log: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const part of log) {
    let start = 0;
    for (; left > 0 && start < part.length; left -= 1) {
      const end = part.indexOf(0x0a, start);
      if (end === -1) break;
      start = end + 1;
    }
    if (left === 0 && start < part.length) yield part.subarray(start);
  }
}

const SIGN_IN: FakeAnswer = {
  status: 203,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<html lang="en-US"><head><title>Azure DevOps Services | Sign In</title></head></html>',
};
const NOT_FOUND: FakeAnswer = refuse(
  404,
  'NotFoundException',
  'TF401019: What is asked for does not exist, or you do not have permissions for it.',
);

function refuse(status: number, typeKey: string, message: string): FakeAnswer {
  return { status, json: { $id: '1', innerException: null, message, typeKey, errorCode: 0, eventId: 3000 } };
}

function answer(json: object): FakeAnswer {
  return { status: 200, json };
}

function list(value: readonly object[]): FakeAnswer {
  return answer({ count: value.length, value });
}
