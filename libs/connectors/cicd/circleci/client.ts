import type { ExecutionReference, PipelineStep } from '#contracts/cicd/execution.js';
import type { Connection } from '../connection.js';
import type { PlatformClient } from '../platform.js';
import { CircleCiApi } from './api.js';
import { download, listArtifacts } from './artifacts.js';
import { getBuild, readSteps } from './build.js';
import { getHealth, listBranches, listPipelines, listProjects } from './discovery.js';
import { find } from './find.js';
import { listInputs } from './inputs.js';
import { findNumber, listJobs } from './jobs.js';
import { readLog } from './logs.js';
import { cancel, getStatus, listExecutions, retry } from './pipelines.js';
import { trigger } from './trigger.js';

export function createClient(connection: Connection): PlatformClient {
  const api = new CircleCiApi(connection);
  return {
    health: () => getHealth(api),
    rateLimit: () => undefined,
    projects: (search) => listProjects(api, search),
    pipelines: (project, search) => listPipelines(api, project, search),
    branches: (project, search) => listBranches(api, project, search),
    inputs: (target) => listInputs(api, target),
    trigger: (request) => trigger(api, request),
    find: (request) => find(api, request),
    executions: (target, search) => listExecutions(api, target, search),
    status: (reference) => getStatus(api, reference),
    jobs: async (reference) => (await listJobs(api, reference)).map(({ job }) => job),
    steps: (reference, job) => listSteps(api, reference, job),
    logs: (reference, job, offset) => readLog(api, reference, job, offset),
    cancel: (reference) => cancel(api, reference),
    retry: (reference, what) => retry(api, reference, what),
    artifacts: (reference) => listArtifacts(api, reference),
    download: (reference, artifact) => download(api, reference, artifact),
  };
}

async function listSteps(
  api: CircleCiApi,
  reference: ExecutionReference,
  job: string,
): Promise<readonly PipelineStep[]> {
  const number = await findNumber(api, reference, job);
  return number === undefined ? [] : readSteps(await getBuild(api, reference, number));
}
