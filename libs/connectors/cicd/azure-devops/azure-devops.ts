import type { Connection } from '../connection.js';
import { verifySharedSecret } from '../http/shared-secret.js';
import type { Platform, PlatformClient } from '../platform.js';
import { downloadArtifact, listArtifacts } from './artifacts.js';
import { findStarted, listExecutions, readStatus } from './builds.js';
import { cancel, retry } from './control.js';
import { DESCRIPTION } from './description.js';
import { listBranches, listPipelines, listProjects, readHealth } from './discover.js';
import { AzureHttp } from './http.js';
import { readInputs } from './inputs.js';
import { readLogs } from './logs.js';
import { start } from './start.js';
import { readJobs, readSteps } from './timeline.js';
import { parseEvent } from './webhook.js';

/** Azure DevOps, in the cloud and as a server. */
export const azureDevOps: Platform = {
  description: DESCRIPTION,
  connect,
  verifyWebhook: verifySharedSecret,
  parseEvent,
};

function connect(connection: Connection): PlatformClient {
  const http = new AzureHttp(connection);
  return {
    health: () => readHealth(http),
    rateLimit: () => http.http.rateLimit,
    projects: (search) => listProjects(http, search),
    pipelines: (project, search) => listPipelines(http, project, search),
    branches: (project, search) => listBranches(http, project, search),
    inputs: (target) => readInputs(http, target),
    trigger: (request) => start(http, request),
    find: (request) => findStarted(http, request),
    executions: (target, search) => listExecutions(http, target, search),
    status: (reference) => readStatus(http, reference),
    jobs: (reference) => readJobs(http, reference),
    steps: (reference, job) => readSteps(http, reference, job),
    logs: (reference, job, offset) => readLogs(http, reference, { job, offset }),
    cancel: (reference) => cancel(http, reference),
    retry: (reference, what) => retry(http, reference, what),
    artifacts: (reference) => listArtifacts(http, reference),
    download: (reference, artifact) => downloadArtifact(http, reference, artifact),
  };
}
