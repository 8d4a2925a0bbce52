import type { PipelineInput } from '#contracts/cicd/execution.js';
import type { Connection } from '../connection.js';
import type { OrUnsupported, PlatformClient, Target, Unsupported } from '../platform.js';
import { GitLabApi } from './api.js';
import { download, listArtifacts } from './artifacts.js';
import { description } from './description.js';
import { getHealth, listBranches, listPipelines, listProjects } from './discovery.js';
import { find } from './find.js';
import { listJobs } from './jobs.js';
import { readLog } from './logs.js';
import { cancel, getStatus, listExecutions, retryFailed } from './pipelines.js';
import { getDeclared, requireTarget } from './project.js';
import { trigger } from './trigger.js';

export function createClient(connection: Connection): PlatformClient {
  const api = new GitLabApi(connection);
  return {
    health: () => getHealth(api),
    rateLimit: () => api.http.rateLimit,
    projects: (search) => listProjects(api, search),
    pipelines: (project, search) => listPipelines(api, project, search),
    branches: (project, search) => listBranches(api, project, search),
    inputs: (target) => listInputs(api, target),
    trigger: (request) => trigger(api, request),
    find: (request) => find(api, request),
    executions: ({ project }, search) => listExecutions(api, project, search),
    status: (reference) => getStatus(api, reference),
    jobs: async (reference) => (await listJobs(api, reference)).map(({ job }) => job),
    steps: async () => lack('steps'),
    logs: (reference, job, offset) => readLog(api, reference, job, offset),
    cancel: (reference) => cancel(api, reference),
    retry: async (reference, what) => (what === 'all' ? lack('retry-all') : retryFailed(api, reference)),
    artifacts: (reference) => listArtifacts(api, reference),
    download: (reference, artifact) => download(api, reference, artifact),
  };
}

async function listInputs(api: GitLabApi, target: Target): Promise<OrUnsupported<readonly PipelineInput[]>> {
  const project = await requireTarget(api, target);
  const declared = await getDeclared(api, project, target.ref ?? project.defaultBranch ?? 'HEAD');
  if (declared === undefined) {
    return {
      unsupported: 'inputs',
      instead: 'The CI file cannot be read there: give variables by the names that you know.',
    };
  }
  return declared.inputs.map(({ as: _as, isList: _isList, ...input }) => input);
}

function lack(capability: 'steps' | 'retry-all'): Unsupported {
  const support = description.capabilities[capability];
  return { unsupported: capability, instead: support.supported ? '' : support.instead };
}
